"""Eight float32 lanes as one value: explicit SIMD for kernels.

Numba's auto-vectoriser is brittle (``range(16)`` became SIMD, ``range(8)`` did not), so the console's
channels are computed eight at a time in a value of LLVM's type ``<8 x float>``. Inside a kernel such
a value takes ``+ - * /`` with another; `splat` makes one from a number.

Sound is laid out ``[frame][lane]``: a **bank** is eight stereo channels in one flat float32 array of
``frames * 16`` numbers, lanes 0 to 7 the left sides and 8 to 15 the right sides.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import extending, types
from numba.extending import models, overload, register_model

intrinsic: Any = extending.intrinsic  # untyped: Numba's own types know neither the typing context nor Python callers

LANES = 8
BANK = 2 * LANES  # numbers to a frame of a bank

_INT = ir.IntType(32)
_FLOAT = ir.FloatType()
_VECTOR = ir.VectorType(_FLOAT, LANES)
_INT_VECTOR = ir.VectorType(_INT, LANES)
_FLAGS = ("contract", "reassoc", "nsz", "arcp")


class LanesType(types.Type):
    """Numba's name for ``<8 x float>``."""

    def __init__(self) -> None:
        super().__init__(name="lanes8f")


lanes_type = LanesType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front_end: Any) -> None:
        super().__init__(manager, front_end, _VECTOR)


def _ints(value: int) -> ir.Constant:
    return ir.Constant(_INT_VECTOR, [value] * LANES)


def _pointer(context, builder, array_type, array, index):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _VECTOR.as_pointer())


def _is_flat_float32(array: Any) -> bool:
    return isinstance(array, types.Array) and array.dtype == types.float32 and array.ndim == 1


@intrinsic
def load(_, array, index):
    """Eight neighbours from ``array[index]`` on (flat float32, any alignment)."""
    if not _is_flat_float32(array):
        return None

    def generate(context, builder, signature, args):
        position = context.cast(builder, args[1], signature.args[1], types.intp)
        value = builder.load(_pointer(context, builder, signature.args[0], args[0], position))
        value.align = 4
        return value

    return lanes_type(array, index), generate


@intrinsic
def store(_, array, index, value):
    """Write eight neighbours from ``array[index]`` on."""
    if not _is_flat_float32(array):
        return None

    def generate(context, builder, signature, args):
        position = context.cast(builder, args[1], signature.args[1], types.intp)
        written = builder.store(args[2], _pointer(context, builder, signature.args[0], args[0], position))
        written.align = 4
        return context.get_dummy_value()

    return types.void(array, index, lanes_type), generate


@intrinsic
def splat(_, number):
    """The same number in every lane."""

    def generate(_context, builder, _signature, args):
        undefined = ir.Constant(_VECTOR, ir.Undefined)
        first = builder.insert_element(undefined, args[0], ir.Constant(_INT, 0))
        return builder.shuffle_vector(first, undefined, ir.Constant(_INT_VECTOR, [0] * LANES))

    return lanes_type(types.float32), generate


def _arithmetic(instruction: str) -> Any:
    @intrinsic
    def apply(_, a, b):
        def generate(_context, builder, _signature, args):
            return getattr(builder, instruction)(args[0], args[1], flags=_FLAGS)

        return lanes_type(lanes_type, lanes_type), generate

    return apply


def _overload_operator(operation: Callable[..., Any], instruction: str) -> None:
    apply = _arithmetic(instruction)

    @overload(operation)
    def typed(a, b):
        if isinstance(a, LanesType) and isinstance(b, LanesType):
            return lambda a, b: apply(a, b)  # noqa: PLW0108 - Numba reads the signature of a Python function
        return None


_overload_operator(operator.add, "fadd")
_overload_operator(operator.sub, "fsub")
_overload_operator(operator.mul, "fmul")
_overload_operator(operator.truediv, "fdiv")


def _choose(comparison: str) -> Any:
    @intrinsic
    def apply(_, a, b):
        def generate(_context, builder, _signature, args):
            return builder.select(builder.fcmp_ordered(comparison, args[0], args[1]), args[0], args[1])

        return lanes_type(lanes_type, lanes_type), generate

    return apply


maximum = _choose(">")
minimum = _choose("<")


@intrinsic
def where_greater(_, a, b, chosen, otherwise):
    """Lane by lane: ``chosen`` where ``a > b``, else ``otherwise`` (also where a lane is NaN)."""

    def generate(_context, builder, _signature, args):
        return builder.select(builder.fcmp_ordered(">", args[0], args[1]), args[2], args[3])

    return lanes_type(lanes_type, lanes_type, lanes_type, lanes_type), generate


@intrinsic
def absolute(_, a):
    """Magnitude of each lane."""

    def generate(_context, builder, _signature, args):
        return builder.bitcast(builder.and_(builder.bitcast(args[0], _INT_VECTOR), _ints(0x7FFFFFFF)), _VECTOR)

    return lanes_type(lanes_type), generate


@intrinsic
def exponent(_, a):
    """The binary exponent of each (positive, normal) lane, as a float."""

    def generate(_context, builder, _signature, args):
        bits = builder.lshr(builder.bitcast(args[0], _INT_VECTOR), _ints(23))
        return builder.sitofp(builder.sub(builder.and_(bits, _ints(255)), _ints(127)), _VECTOR)

    return lanes_type(lanes_type), generate


@intrinsic
def mantissa(_, a):
    """The mantissa of each (positive, normal) lane, in [1, 2)."""

    def generate(_context, builder, _signature, args):
        bits = builder.and_(builder.bitcast(args[0], _INT_VECTOR), _ints(0x7FFFFF))
        return builder.bitcast(builder.or_(bits, _ints(0x3F800000)), _VECTOR)

    return lanes_type(lanes_type), generate


@intrinsic
def truncate(_, a):
    """Each lane without its fraction."""

    def generate(_context, builder, _signature, args):
        return builder.sitofp(builder.fptosi(args[0], _INT_VECTOR), _VECTOR)

    return lanes_type(lanes_type), generate


@intrinsic
def power_of_two(_, biased):
    """2 to the power ``biased - 127``; ``biased`` whole numbers from 1 to 254."""

    def generate(_context, builder, _signature, args):
        return builder.bitcast(builder.shl(builder.fptosi(args[0], _INT_VECTOR), _ints(23)), _VECTOR)

    return lanes_type(lanes_type), generate


def _across(combine: str) -> Any:
    @intrinsic
    def apply(_, a):
        def generate(_context, builder, _signature, args):
            value, undefined = args[0], ir.Constant(_VECTOR, ir.Undefined)
            for step in (4, 2, 1):
                mask = ir.Constant(_INT_VECTOR, [(lane + step) % LANES for lane in range(LANES)])
                other = builder.shuffle_vector(value, undefined, mask)
                if combine == "sum":
                    value = builder.fadd(value, other, flags=_FLAGS)
                else:
                    value = builder.select(builder.fcmp_ordered(">", value, other), value, other)
            return builder.extract_element(value, ir.Constant(_INT, 0))

        return types.float32(lanes_type), generate

    return apply


sum_across = _across("sum")
maximum_across = _across("max")


def shuffle(mask: list[int]) -> Any:
    """An intrinsic of two values that picks lanes: 0 to 7 of the first, 8 to 15 of the second."""

    @intrinsic
    def apply(_, a, b):
        def generate(_context, builder, _signature, args):
            return builder.shuffle_vector(args[0], args[1], ir.Constant(_INT_VECTOR, mask))

        return lanes_type(lanes_type, lanes_type), generate

    return apply


@intrinsic
def flush_denormals(_):
    """Set flush-to-zero and denormals-are-zero in this thread (x86; elsewhere nothing). Returns the old MXCSR."""

    def generate(_context, builder, _signature, _args):
        word = builder.alloca(_INT)
        function_type = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer()])
        module = builder.module
        save = module.globals.get("llvm.x86.sse.stmxcsr") or ir.Function(module, function_type, "llvm.x86.sse.stmxcsr")
        restore = module.globals.get("llvm.x86.sse.ldmxcsr") or ir.Function(
            module, function_type, "llvm.x86.sse.ldmxcsr"
        )
        pointer = builder.bitcast(word, ir.IntType(8).as_pointer())
        builder.call(save, [pointer])
        old = builder.load(word)
        builder.store(builder.or_(old, ir.Constant(_INT, 0x8040)), word)
        builder.call(restore, [pointer])
        return old

    return types.int32(), generate


@intrinsic
def restore_control_word(_, word):
    """Give this thread back the MXCSR that `flush_denormals` returned (x86; elsewhere nothing)."""
    if word != types.int32:
        return None

    def generate(_context, builder, _signature, args):
        place = builder.alloca(_INT)
        function_type = ir.FunctionType(ir.VoidType(), [ir.IntType(8).as_pointer()])
        module = builder.module
        name = "llvm.x86.sse.ldmxcsr"
        restore = module.globals.get(name) or ir.Function(module, function_type, name)
        builder.store(args[0], place)
        builder.call(restore, [builder.bitcast(place, ir.IntType(8).as_pointer())])
        return args[0]

    return types.int32(types.int32), generate
