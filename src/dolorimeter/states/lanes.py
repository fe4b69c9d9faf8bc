"""Numba types for many sequences side by side in vector registers.

A ``Lanes`` value holds ``LANES`` doubles, one a sequence; ``Words`` as many 64-bit integers and
``Flags`` as many booleans. They are plain LLVM vectors, so that arithmetic on them becomes vector
instructions on any processor, whatever a compiler's auto-vectorizer would have made of a loop.
``load`` and ``store`` move rows of arrays whose last axis is the lanes; ``+ - * /`` and ``>`` work
lane by lane; the functions below exist inside kernels only.

Numba's cache of compiled kernels does not notice a change in this file and would go on running the
old code, on arrays of another width: after editing, put the new digest into ``kernels`` (a test
checks it), which Numba does notice.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numba as nb
from llvmlite import ir
from numba.core import cgutils
from numba.core.typing.templates import ConcreteTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

LANES = 16
_I32, _I64 = ir.IntType(32), ir.IntType(64)
_DOUBLES, _INTEGERS = ir.VectorType(ir.DoubleType(), LANES), ir.VectorType(_I64, LANES)
_BITS = ir.VectorType(ir.IntType(1), LANES)
_EXPONENT_BIAS = 1023
_Builder = Any
_Value = Any


class _VectorType(nb.types.Type):
    """A Numba type that is one LLVM vector."""

    def __init__(self, name: str, vector: ir.VectorType) -> None:
        super().__init__(name=name)
        self.vector = vector


@register_model(_VectorType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: _VectorType) -> None:
        super().__init__(dmm, fe_type, fe_type.vector)


LANES_TYPE = _VectorType("Lanes", _DOUBLES)
WORDS_TYPE = _VectorType("Words", _INTEGERS)
FLAGS_TYPE = _VectorType("Flags", _BITS)


def _register(function: Any, result: Any, arguments: tuple[Any, ...], build: Any) -> None:
    """Teach Numba an operator or function: its types, and the instructions that it becomes."""

    class Template(ConcreteTemplate):
        key = function
        cases = (signature(result, *arguments),)

    infer_global(function, nb.types.Function(Template))
    lower_builtin(function, *arguments)(lambda _, builder, __, values: build(builder, *values))


def _instruction(result: Any, *arguments: Any) -> Callable[[Any], Any]:
    """Make a function for kernels of one that builds its instructions."""

    def decorate(build: Any) -> Any:
        _register(build, result, arguments, build)
        return build

    return decorate


_TWO, _THREE = (LANES_TYPE,) * 2, (LANES_TYPE,) * 3
_register(operator.add, LANES_TYPE, _TWO, ir.IRBuilder.fadd)
_register(operator.sub, LANES_TYPE, _TWO, ir.IRBuilder.fsub)
_register(operator.mul, LANES_TYPE, _TWO, ir.IRBuilder.fmul)
_register(operator.truediv, LANES_TYPE, _TWO, ir.IRBuilder.fdiv)
_register(operator.neg, LANES_TYPE, (LANES_TYPE,), ir.IRBuilder.fneg)
_register(operator.gt, FLAGS_TYPE, _TWO, lambda b, x, y: b.fcmp_ordered(">", x, y))
_register(operator.and_, FLAGS_TYPE, (FLAGS_TYPE,) * 2, ir.IRBuilder.and_)
_register(operator.and_, WORDS_TYPE, (WORDS_TYPE,) * 2, ir.IRBuilder.and_)


def _words(value: int) -> ir.Constant:
    """Return one integer in all lanes."""
    return ir.Constant(_INTEGERS, [value] * LANES)


@_instruction(LANES_TYPE, nb.types.float64)
def splat(builder: _Builder, value: _Value) -> _Value:
    """Copy one number to all lanes."""
    undefined = ir.Constant(ir.VectorType(value.type, LANES), ir.Undefined)
    first = builder.insert_element(undefined, value, _I32(0))
    zeros = ir.Constant(ir.VectorType(_I32, LANES), [0] * LANES)
    return builder.shuffle_vector(first, undefined, zeros)


@_instruction(WORDS_TYPE, nb.types.int64)
def spread(builder: _Builder, number: _Value) -> _Value:
    """Copy one integer to all lanes."""
    return splat(builder, number)


@_instruction(LANES_TYPE, *_THREE)
def fma(builder: _Builder, a: _Value, b: _Value, c: _Value) -> _Value:
    """Compute a * b + c, fused where the processor can."""
    kind = ir.FunctionType(_DOUBLES, [_DOUBLES] * 3)
    name = f"llvm.fmuladd.v{LANES}f64"
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [a, b, c])


@_instruction(LANES_TYPE, FLAGS_TYPE, *_TWO)
def select(builder: _Builder, flags: _Value, yes: _Value, no: _Value) -> _Value:
    """Choose lane by lane."""
    return builder.select(flags, yes, no)


@_instruction(FLAGS_TYPE, LANES_TYPE)
def present(builder: _Builder, value: _Value) -> _Value:
    """Flag the lanes that are not NaN."""
    return builder.fcmp_ordered("ord", value, value)


@_instruction(FLAGS_TYPE, WORDS_TYPE, nb.types.int64)
def has_bit(builder: _Builder, words: _Value, bit: _Value) -> _Value:
    """Flag the lanes whose integer has a bit set."""
    wanted = splat(builder, builder.shl(_I64(1), bit))
    return builder.icmp_signed("!=", builder.and_(words, wanted), _words(0))


@_instruction(FLAGS_TYPE, WORDS_TYPE)
def one_bit(builder: _Builder, words: _Value) -> _Value:
    """Flag the lanes whose integer has a single bit set."""
    rest = builder.and_(words, builder.sub(words, _words(1)))
    return builder.icmp_signed("==", rest, _words(0))


@_instruction(LANES_TYPE, LANES_TYPE, LANES_TYPE)
def scale_by_power(builder: _Builder, value: _Value, shifted: _Value) -> _Value:
    """Multiply by 2**n, where ``shifted`` is 1.5 * 2**52 + n; the result must be normal."""
    steps = builder.shl(builder.bitcast(shifted, _INTEGERS), _words(52))
    return builder.bitcast(builder.add(builder.bitcast(value, _INTEGERS), steps), _DOUBLES)


@_instruction(LANES_TYPE, LANES_TYPE)
def exponent(builder: _Builder, value: _Value) -> _Value:
    """Return the binary exponent of a positive normal number."""
    raw = builder.lshr(builder.bitcast(value, _INTEGERS), _words(52))
    # The integer becomes the low bits of 2**52 + itself, which needs no conversion instruction.
    shifted = builder.bitcast(builder.or_(raw, _words((_EXPONENT_BIAS + 52) << 52)), _DOUBLES)
    offset = ir.Constant(_DOUBLES, [float((1 << 52) + _EXPONENT_BIAS)] * LANES)
    return builder.fsub(shifted, offset)


@_instruction(LANES_TYPE, LANES_TYPE)
def significand(builder: _Builder, value: _Value) -> _Value:
    """Return a positive normal number divided by its power of two, in [1, 2)."""
    fraction = builder.and_(builder.bitcast(value, _INTEGERS), _words((1 << 52) - 1))
    return builder.bitcast(builder.or_(fraction, _words(_EXPONENT_BIAS << 52)), _DOUBLES)


@_instruction(nb.types.float64, LANES_TYPE)
def lane_sum(builder: _Builder, value: _Value) -> _Value:
    """Add up all lanes, halves upon halves: always in the same order."""
    width = LANES
    while width > 1:
        width //= 2
        undefined = ir.Constant(value.type, ir.Undefined)
        low, high = (
            builder.shuffle_vector(
                value,
                undefined,
                ir.Constant(ir.VectorType(_I32, width), list(range(at, at + width))),
            )
            for at in (0, width)
        )
        value = builder.fadd(low, high)
    return builder.extract_element(value, _I32(0))


def _row_pointer(
    context: Any, builder: _Builder, sig: Any, array: _Value, where: _Value, vector: ir.Type
) -> _Value:
    """Return the address of the row ``array[where]`` as that of a vector."""
    view = context.make_array(sig.args[0])(context, builder, array)
    shape = cgutils.unpack_tuple(builder, view.shape)
    row = _I64(0)
    for size, index in zip(shape, cgutils.unpack_tuple(builder, where), strict=False):
        row = builder.add(builder.mul(row, size), index)
    return builder.gep(builder.bitcast(view.data, vector.as_pointer()), [row])


@intrinsic
def load(_typing: Any, array: Any, where: Any) -> Any:
    """Read the row ``array[where]``; ``where`` is a tuple of all indices but the last."""
    result = LANES_TYPE if array.dtype == nb.types.float64 else WORDS_TYPE

    def build(context: Any, builder: _Builder, sig: Any, values: Any) -> _Value:
        pointer = _row_pointer(context, builder, sig, values[0], values[1], result.vector)
        return builder.load(pointer, align=8)

    return result(array, nb.types.UniTuple(nb.types.intp, len(where))), build


@intrinsic
def store(_typing: Any, array: Any, where: Any, value: Any) -> Any:
    """Write the row ``array[where]``."""

    def build(context: Any, builder: _Builder, sig: Any, values: Any) -> _Value:
        pointer = _row_pointer(context, builder, sig, values[0], values[1], sig.args[2].vector)
        builder.store(values[2], pointer, align=8)
        return context.get_dummy_value()

    return nb.types.void(array, nb.types.UniTuple(nb.types.intp, len(where)), value), build
