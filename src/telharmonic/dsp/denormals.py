"""Numbers too small to hear, and slow to compute with: told to be zero while sound is rendered.

Below 1e-38 a float32 loses its leading digits, and most processors then take a hundred times as long.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call"
from __future__ import annotations

from llvmlite import ir
from numba import types

from telharmonic.dsp.lanes import intrinsic

_INT = ir.IntType(32)


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
