"""Read samples at a memory address: how kernels reach decoded sound that lives in mapped files.

Addresses travel in int64 tables, so one kernel call can read any number of files without a Python object
for each. Whoever puts an address into a table keeps its owner alive.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, call-arg, var-annotated, attr-defined"
from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba import carray, extending, types
from numba.core import cgutils
from numba.core.imputils import impl_ret_untracked
from numba.np.arrayobj import make_array, populate_array

from telharmonic.dsp.compile import kernel
from telharmonic.dsp.lanes import LANES, lanes_type

intrinsic: Any = extending.intrinsic  # untyped, as in `dsp.lanes`

PAGE_BYTES = 4096  # touching one number in each page is enough on every machine: larger pages are multiples


@intrinsic
def float_at(_, address, index):  # noqa: ARG001 (Numba matches arguments by name)
    """The float32 at ``address + 4 * index`` (both int64); not checked."""

    def generate(_context, builder, _signature, args):
        pointer = builder.inttoptr(args[0], ir.FloatType().as_pointer())
        return builder.load(builder.gep(pointer, [args[1]]))

    return types.float32(types.int64, types.int64), generate


@intrinsic
def lanes_at(_, address, index):  # noqa: ARG001
    """Eight neighbours from ``address + 4 * index`` on (both int64, any alignment); not checked."""

    def generate(_context, builder, _signature, args):
        pointer = builder.gep(builder.inttoptr(args[0], ir.FloatType().as_pointer()), [args[1]])
        value = builder.load(builder.bitcast(pointer, ir.VectorType(ir.FloatType(), LANES).as_pointer()))
        value.align = 4
        return value

    return lanes_type(types.int64, types.int64), generate


@intrinsic
def _pointer(_, address):  # noqa: ARG001
    def generate(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.float32)(types.int64), generate


@intrinsic
def view(_, array, first, end):
    """``array[first:end]`` of a flat C array, for kernels: not checked, and not counted as a reference.

    A slice costs two atomic additions and a dozen comparisons each time; a quantum makes a hundred of them. Whoever
    calls the kernel keeps the array alive.
    """
    if not (isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C"):
        return None

    def generate(context, builder, signature, args):
        whole_type, first_type, end_type = signature.args
        begin = context.cast(builder, args[1], first_type, types.intp)
        length = builder.sub(context.cast(builder, args[2], end_type, types.intp), begin)
        whole, piece = make_array(whole_type)(context, builder, args[0]), make_array(whole_type)(context, builder)
        size = context.get_constant(types.intp, context.get_abi_sizeof(context.get_data_type(whole_type.dtype)))
        populate_array(
            piece,
            data=builder.gep(whole.data, [begin]),
            shape=cgutils.pack_array(builder, [length]),
            strides=cgutils.pack_array(builder, [size]),
            itemsize=size,
            meminfo=None,
        )
        return impl_ret_untracked(context, builder, signature.return_type, piece._getvalue())

    return array(array, first, end), generate


@kernel(inline=True)
def floats_at(address, length):
    """The flat float32 array of `length` numbers that begins at `address` (both int64); nothing is copied."""
    return carray(_pointer(address), length, np.float32)


@intrinsic
def _word_pointer(_, address):  # noqa: ARG001
    def generate(context, builder, signature, args):
        return builder.inttoptr(args[0], context.get_value_type(signature.return_type))

    return types.CPointer(types.int64)(types.int64), generate


@kernel(inline=True)
def words_at(address, length):
    """The flat int64 array of `length` numbers that begins at `address`, to read and to write."""
    return carray(_word_pointer(address), length, np.int64)


@kernel()
def address_of(array):
    """Where the first number of an array lies."""
    return array.ctypes.data


@kernel("float32(int64, int64, int64)")
def touch(address, first_byte, byte_count):
    """Read one number of each page of a range, without the GIL, so that its page faults happen here and now.

    Parameters
    ----------
    address : start of the mapping, a multiple of 4
    first_byte, byte_count : the range within the mapping

    Returns
    -------
    A number that only keeps the reads from being optimised away.
    """
    found = float_at(address, first_byte // 4)
    for byte in range(first_byte, first_byte + byte_count, PAGE_BYTES):
        found = max(found, float_at(address, byte // 4))
    return max(found, float_at(address, (first_byte + byte_count) // 4 - 1))
