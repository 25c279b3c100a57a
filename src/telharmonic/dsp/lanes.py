"""Eight or sixteen float32 lanes as one value: explicit SIMD for kernels.

Numba's auto-vectoriser is brittle (``range(16)`` became SIMD, ``range(8)`` did not), so the console's
channels are computed in values of LLVM's types ``<8 x float>`` and ``<16 x float>``. Inside a kernel such
a value takes ``+ - * /`` with another of its width; `splat` makes one from a number. The **wide** ones are one
register with AVX-512 (a bank's filters then take half the time) and two registers elsewhere.

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
BANK = 2 * LANES  # numbers to a frame of a bank, and lanes of a wide value

_INT = ir.IntType(32)
_FLOAT = ir.FloatType()
_FLAGS = ("contract", "nsz")  # not "reassoc": two copies of a loop must round alike


class LanesType(types.Type):
    """Numba's name for ``<width x float>``."""

    def __init__(self, width: int) -> None:
        self.width = width
        super().__init__(name=f"lanes{width}f")


lanes_type, wide_type, pair_type = LanesType(LANES), LanesType(BANK), LanesType(2)


def _vector(width: int) -> ir.VectorType:
    return ir.VectorType(_FLOAT, width)


def _int_vector(width: int) -> ir.VectorType:
    return ir.VectorType(_INT, width)


def _ints(value: int, width: int) -> ir.Constant:
    return ir.Constant(_int_vector(width), [value] * width)


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, manager: Any, front_end: Any) -> None:
        super().__init__(manager, front_end, _vector(front_end.width))


def _pointer(context, builder, array_type, array, index, width):
    data = context.make_array(array_type)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [index]), _vector(width).as_pointer())


def _is_flat_float32(array: Any) -> bool:
    return isinstance(array, types.Array) and array.dtype == types.float32 and array.ndim == 1


def _load(result: LanesType) -> Any:
    @intrinsic
    def apply(_, array, index):
        if not _is_flat_float32(array):
            return None

        def generate(context, builder, signature, args):
            position = context.cast(builder, args[1], signature.args[1], types.intp)
            value = builder.load(_pointer(context, builder, signature.args[0], args[0], position, result.width))
            value.align = 4
            return value

        return result(array, index), generate

    return apply


load = _load(lanes_type)  # load(array, index): eight neighbours from array[index] on (flat float32, any alignment)
load_wide = _load(wide_type)  # sixteen
load_pair = _load(pair_type)  # one frame of interleaved stereo


@intrinsic
def store(_, array, index, value):
    """Write eight (or sixteen) neighbours from ``array[index]`` on."""
    if not (_is_flat_float32(array) and isinstance(value, LanesType)):
        return None

    def generate(context, builder, signature, args):
        position = context.cast(builder, args[1], signature.args[1], types.intp)
        width = signature.args[2].width
        written = builder.store(args[2], _pointer(context, builder, signature.args[0], args[0], position, width))
        written.align = 4
        return context.get_dummy_value()

    return types.void(array, index, value), generate


def _splat(result: LanesType) -> Any:
    @intrinsic
    def apply(_, number):
        def generate(context, builder, signature, args):
            value = context.cast(builder, args[0], signature.args[0], types.float32)
            undefined = ir.Constant(_vector(result.width), ir.Undefined)
            first = builder.insert_element(undefined, value, ir.Constant(_INT, 0))
            return builder.shuffle_vector(first, undefined, _ints(0, result.width))

        return result(number), generate

    return apply


splat = _splat(lanes_type)  # splat(number): the same float32 in every lane
splat_wide, splat_pair = _splat(wide_type), _splat(pair_type)


@intrinsic
def like(_, value, number):
    """`number` in every lane of a value of the width of `value`."""
    if not isinstance(value, LanesType):
        return None

    def generate(context, builder, signature, args):
        width = signature.args[0].width
        scalar = context.cast(builder, args[1], signature.args[1], types.float32)
        undefined = ir.Constant(_vector(width), ir.Undefined)
        first = builder.insert_element(undefined, scalar, ir.Constant(_INT, 0))
        return builder.shuffle_vector(first, undefined, _ints(0, width))

    return value(value, number), generate


def _of_lanes(count: int, emit: Callable[..., Any]) -> Any:
    """An intrinsic of `count` values of one width, with a result of that width."""

    def generate(_context, builder, signature, args):
        return emit(builder, signature.return_type.width, *args)

    def typed(*arguments):
        same = isinstance(arguments[0], LanesType) and all(each == arguments[0] for each in arguments)
        return (arguments[0](*arguments), generate) if same else None

    def one(_, a):
        return typed(a)

    def two(_, a, b):
        return typed(a, b)

    def three(_, a, b, c):
        return typed(a, b, c)

    def four(_, a, b, c, d):
        return typed(a, b, c, d)

    return intrinsic({1: one, 2: two, 3: three, 4: four}[count])


def _overload_operator(operation: Callable[..., Any], instruction: str) -> None:
    apply = _of_lanes(2, lambda builder, _, a, b: getattr(builder, instruction)(a, b, flags=_FLAGS))

    @overload(operation)
    def typed(a, b):
        if isinstance(a, LanesType) and a == b:
            return lambda a, b: apply(a, b)  # noqa: PLW0108 - Numba reads the signature of a Python function
        return None


_overload_operator(operator.add, "fadd")
_overload_operator(operator.sub, "fsub")
_overload_operator(operator.mul, "fmul")
_overload_operator(operator.truediv, "fdiv")


def _where_greater(builder, _width, a, b, chosen, otherwise):
    return builder.select(builder.fcmp_ordered(">", a, b), chosen, otherwise)


def _absolute(builder, width, a):
    return builder.bitcast(
        builder.and_(builder.bitcast(a, _int_vector(width)), _ints(0x7FFFFFFF, width)), _vector(width)
    )


def _exponent(builder, width, a):
    bits = builder.lshr(builder.bitcast(a, _int_vector(width)), _ints(23, width))
    return builder.sitofp(builder.sub(builder.and_(bits, _ints(255, width)), _ints(127, width)), _vector(width))


def _mantissa(builder, width, a):
    bits = builder.and_(builder.bitcast(a, _int_vector(width)), _ints(0x7FFFFF, width))
    return builder.bitcast(builder.or_(bits, _ints(0x3F800000, width)), _vector(width))


def _truncate(builder, width, a):
    return builder.sitofp(builder.fptosi(a, _int_vector(width)), _vector(width))


def _power_of_two(builder, width, biased):
    shifted = builder.shl(builder.fptosi(biased, _int_vector(width)), _ints(23, width))
    return builder.bitcast(shifted, _vector(width))


def _multiply_add(builder, width, a, b, c):
    kind = ir.FunctionType(_vector(width), [_vector(width)] * 3)
    name = f"llvm.fmuladd.v{width}f32"
    return builder.call(builder.module.globals.get(name) or ir.Function(builder.module, kind, name), [a, b, c])


multiply_add = _of_lanes(3, _multiply_add)  # (a, b, c): a b + c, never reordered: two loops with it round alike
maximum = _of_lanes(2, lambda builder, width, a, b: _where_greater(builder, width, a, b, a, b))  # b if a is NaN
minimum = _of_lanes(2, lambda builder, width, a, b: _where_greater(builder, width, b, a, a, b))
where_greater = _of_lanes(4, _where_greater)  # (a, b, chosen, otherwise): chosen where a > b; otherwise for NaN
absolute = _of_lanes(1, _absolute)
exponent = _of_lanes(1, _exponent)  # of positive, normal lanes: the binary exponent, as a float
mantissa = _of_lanes(1, _mantissa)  # of positive, normal lanes: in [1, 2)
truncate = _of_lanes(1, _truncate)  # without the fraction
power_of_two = _of_lanes(1, _power_of_two)  # 2 to the power ``biased - 127``; ``biased`` whole numbers from 1 to 254


def _across(combine: Callable[..., Any]) -> Any:
    @intrinsic
    def apply(_, a):
        if not isinstance(a, LanesType):
            return None

        def generate(_context, builder, signature, args):
            value, width = args[0], signature.args[0].width
            undefined, step = ir.Constant(_vector(width), ir.Undefined), width // 2
            while step:
                mask = ir.Constant(_int_vector(width), [(lane + step) % width for lane in range(width)])
                value = combine(builder, value, builder.shuffle_vector(value, undefined, mask))
                step //= 2
            return builder.extract_element(value, ir.Constant(_INT, 0))

        return types.float32(a), generate

    return apply


sum_across = _across(lambda builder, a, b: builder.fadd(a, b, flags=_FLAGS))
maximum_across = _across(lambda builder, a, b: _where_greater(builder, None, a, b, a, b))


def shuffle(mask: list[int]) -> Any:
    """An intrinsic of two values of one width that picks lanes (the second's behind the first's).

    The length of `mask`, 8 or 16, is the width of the result.
    """
    result = LanesType(len(mask))

    @intrinsic
    def apply(_, a, b):
        if not (isinstance(a, LanesType) and a == b):
            return None

        def generate(_context, builder, _signature, args):
            return builder.shuffle_vector(args[0], args[1], ir.Constant(_int_vector(len(mask)), mask))

        return result(a, b), generate

    return apply


both = shuffle(list(range(BANK)))  # both(a, b): two values of eight as one of sixteen
low_half, high_half = shuffle(list(range(LANES))), shuffle(list(range(LANES, BANK)))  # of a wide value, given twice
# two wide values, number by number in turn: the first sixteen of the result, and the last
weave_low = shuffle([lane // 2 + BANK * (lane % 2) for lane in range(BANK)])
weave_high = shuffle([LANES + lane // 2 + BANK * (lane % 2) for lane in range(BANK)])
