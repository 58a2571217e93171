package org.pvdiet.emulator.cpu;

import java.util.List;
import org.pvdiet.emulator.cpu.MicroOp.Alu2;
import org.pvdiet.emulator.cpu.MicroOp.AluConstant;
import org.pvdiet.emulator.cpu.MicroOp.Binary;
import org.pvdiet.emulator.cpu.MicroOp.Compare;
import org.pvdiet.emulator.cpu.MicroOp.CompareConstant;
import org.pvdiet.emulator.cpu.MicroOp.Constant;
import org.pvdiet.emulator.cpu.MicroOp.Extend;
import org.pvdiet.emulator.cpu.MicroOp.JumpIf;
import org.pvdiet.emulator.cpu.MicroOp.Load;
import org.pvdiet.emulator.cpu.MicroOp.LoadForStore;
import org.pvdiet.emulator.cpu.MicroOp.Store;

/**
 * Turns micro-operations into what the interpreter executes: one step for an instruction where it is frequent, else one for
 * each of its micro-operations. Which forms have a step of their own was measured over a kernel's boot.
 */
final class Steps {
    private Steps() {}

    /** Any micro-operation as it is. */
    private static final class Plain extends Step {
        private final MicroOp op;

        Plain(MicroOp op) {
            this.op = op;
        }

        @Override
        void execute(Cpu cpu) {
            op.execute(cpu);
        }
    }

    /** Appends the steps of one instruction. */
    static void append(List<MicroOp> instruction, List<Step> steps) {
        Step whole = switch (instruction.size()) {
            case 2 -> fused(instruction.get(0), instruction.get(1));
            case 3 -> fused(instruction.get(0), instruction.get(1), instruction.get(2));
            default -> null;
        };
        if (whole != null) {
            steps.add(whole);
            return;
        }
        for (int i = 0; i < instruction.size(); i++) {
            steps.add(of(instruction.get(i)));
        }
    }

    /** A comparison and the conditional jump that is the next instruction as one step, or null. */
    static Step fusedBranch(MicroOp compare, JumpIf jump) {
        boolean negated = (jump.condition() & 1) != 0;
        return BranchSteps.fused(
                compare,
                jump.condition() & ~1,
                negated ? jump.next() : jump.target(),
                negated ? jump.target() : jump.next());
    }

    static Step of(MicroOp op) {
        Step own = own(op);
        return own != null ? own : new Plain(op);
    }

    private static Step own(MicroOp op) {
        if (op instanceof Alu2 o) {
            return switch (o.size()) {
                case 8 -> RegisterSteps.binary64(o.operation(), o.d(), o.a(), o.b());
                case 4 -> RegisterSteps.binary32(o.operation(), o.d(), o.a(), o.b());
                default -> null;
            };
        }
        if (op instanceof AluConstant o) {
            return switch (o.size()) {
                case 8 -> RegisterSteps.binary64(o.operation(), o.d(), o.a(), o.value());
                case 4 -> RegisterSteps.binary32(o.operation(), o.d(), o.a(), o.value());
                default -> null;
            };
        }
        if (op instanceof Load o) {
            return load(o);
        }
        if (op instanceof Store o) {
            return store(o);
        }
        if (op instanceof JumpIf o) {
            boolean negated = (o.condition() & 1) != 0;
            return BranchSteps.jumpIf(
                    o.condition() & ~1, negated ? o.next() : o.target(), negated ? o.target() : o.next());
        }
        if (op instanceof MicroOp.Move o) {
            return o.size() == 8
                    ? RegisterSteps.move64(o.d(), o.a())
                    : o.size() == 4 ? RegisterSteps.move32(o.d(), o.a()) : null;
        }
        if (op instanceof Compare o) {
            return compare(o);
        }
        if (op instanceof CompareConstant o) {
            return compare(o);
        }
        if (op instanceof MicroOp.Effective o) {
            return effective(o);
        }
        if (op instanceof Constant o) {
            return RegisterSteps.constant(o.d(), o.value());
        }
        if (op instanceof MicroOp.Push o) {
            return o.size() == 8 && o.slot().isFlat() ? MemorySteps.push64(o.a()) : null;
        }
        if (op instanceof MicroOp.Pop o) {
            return o.size() == 8 && o.top().isFlat() ? MemorySteps.pop64(o.d()) : null;
        }
        if (op instanceof MicroOp.Jump o) {
            return BranchSteps.jump(o.target());
        }
        if (op instanceof MicroOp.Call o) {
            return o.size() == 8 && o.slot().isFlat() ? BranchSteps.call64(o.target(), o.next()) : null;
        }
        if (op instanceof MicroOp.Return o) {
            return o.size() == 8 && o.top().isFlat()
                    ? BranchSteps.return64(o.after().displacement())
                    : null;
        }
        if (op instanceof MicroOp.ShiftConstant o) {
            return shift(o);
        }
        if (op instanceof Extend o) {
            return extend(o);
        }
        if (op instanceof MicroOp.Alu1 o) {
            return unary(o);
        }
        if (op instanceof MicroOp.Multiply o) {
            return o.size() == 8 ? RegisterSteps.multiply64(o.d(), o.a(), o.b()) : null;
        }
        if (op instanceof MicroOp.SetIf o) {
            return RegisterSteps.setIf(o.condition(), o.d());
        }
        if (op instanceof MicroOp.MoveIf o) {
            return o.size() == 8 ? RegisterSteps.moveIf64(o.condition(), o.d(), o.a()) : null;
        }
        return null;
    }

    private static Step load(Load o) {
        Address m = o.address();
        if (!m.isFlat()) {
            return o.size() == 8 ? MemorySteps.load64(o.d(), m) : o.size() == 4 ? MemorySteps.load32(o.d(), m) : null;
        }
        boolean simple = m.index() == Address.ZERO;
        return switch (o.size()) {
            case 8 ->
                simple
                        ? MemorySteps.load64(o.d(), m.base(), m.displacement())
                        : MemorySteps.load64(o.d(), m.base(), m.index(), m.shift(), m.displacement());
            case 4 ->
                simple
                        ? MemorySteps.load32(o.d(), m.base(), m.displacement())
                        : MemorySteps.load32(o.d(), m.base(), m.index(), m.shift(), m.displacement());
            case 1 ->
                o.d() < 16
                        ? MemorySteps.loadLow8(o.d(), m.base(), m.index(), m.shift(), m.displacement())
                        : MemorySteps.load8(o.d(), m.base(), m.index(), m.shift(), m.displacement());
            default -> null;
        };
    }

    private static Step store(Store o) {
        Address m = o.address();
        if (!m.isFlat()) {
            return o.size() == 8 ? MemorySteps.store64(o.a(), m) : o.size() == 4 ? MemorySteps.store32(o.a(), m) : null;
        }
        boolean simple = m.index() == Address.ZERO;
        return switch (o.size()) {
            case 8 ->
                simple
                        ? MemorySteps.store64(o.a(), m.base(), m.displacement())
                        : MemorySteps.store64(o.a(), m.base(), m.index(), m.shift(), m.displacement());
            case 4 ->
                simple
                        ? MemorySteps.store32(o.a(), m.base(), m.displacement())
                        : MemorySteps.store32(o.a(), m.base(), m.index(), m.shift(), m.displacement());
            case 2 -> MemorySteps.store16(o.a(), m.base(), m.index(), m.shift(), m.displacement());
            default -> MemorySteps.store8(o.a(), m.base(), m.index(), m.shift(), m.displacement());
        };
    }

    private static Step compare(Compare o) {
        boolean cmp = o.operation() == Binary.SUB;
        return switch (o.size()) {
            case 8 -> cmp ? RegisterSteps.cmp64(o.a(), o.b()) : RegisterSteps.test64(o.a(), o.b());
            case 4 -> cmp ? RegisterSteps.cmp32(o.a(), o.b()) : RegisterSteps.test32(o.a(), o.b());
            case 1 -> cmp ? RegisterSteps.cmp8(o.a(), o.b()) : RegisterSteps.test8(o.a(), o.b());
            default -> null;
        };
    }

    private static Step compare(CompareConstant o) {
        boolean cmp = o.operation() == Binary.SUB;
        return switch (o.size()) {
            case 8 -> cmp ? RegisterSteps.cmp64(o.a(), o.value()) : RegisterSteps.test64(o.a(), o.value());
            case 4 -> cmp ? RegisterSteps.cmp32(o.a(), o.value()) : RegisterSteps.test32(o.a(), o.value());
            case 1 -> cmp ? RegisterSteps.cmp8(o.a(), o.value()) : RegisterSteps.test8(o.a(), o.value());
            default -> null;
        };
    }

    private static Step effective(MicroOp.Effective o) {
        Address m = o.address();
        if (o.size() < 4 || m.size() != 8) {
            return null;
        }
        if (o.size() == 4) {
            return RegisterSteps.effective32(o.d(), m.base(), m.index(), m.shift(), m.displacement());
        }
        return m.index() == Address.ZERO
                ? RegisterSteps.effective64(o.d(), m.base(), m.displacement())
                : RegisterSteps.effective64(o.d(), m.base(), m.index(), m.shift(), m.displacement());
    }

    private static Step shift(MicroOp.ShiftConstant o) {
        if (o.size() < 4) {
            return null;
        }
        boolean wide = o.size() == 8;
        return switch (o.operation()) {
            case SHL ->
                wide ? RegisterSteps.shl64(o.d(), o.a(), o.count()) : RegisterSteps.shl32(o.d(), o.a(), o.count());
            case SHR ->
                wide ? RegisterSteps.shr64(o.d(), o.a(), o.count()) : RegisterSteps.shr32(o.d(), o.a(), o.count());
            case SAR ->
                wide ? RegisterSteps.sar64(o.d(), o.a(), o.count()) : RegisterSteps.sar32(o.d(), o.a(), o.count());
            case ROL -> wide ? null : RegisterSteps.rol32(o.d(), o.a(), o.count());
            case ROR -> wide ? null : RegisterSteps.ror32(o.d(), o.a(), o.count());
            default -> null;
        };
    }

    private static Step extend(Extend o) {
        if (o.size() < 4) {
            return null;
        }
        if (!o.signed()) {
            return RegisterSteps.zeroExtend(o.d(), o.a(), (1L << 8 * o.from()) - 1);
        }
        return o.size() == 8 ? RegisterSteps.signExtend64(o.from(), o.d(), o.a()) : null;
    }

    private static Step unary(MicroOp.Alu1 o) {
        if (o.size() < 4) {
            return null;
        }
        boolean wide = o.size() == 8;
        return switch (o.operation()) {
            case INC -> wide ? RegisterSteps.inc64(o.d(), o.a()) : RegisterSteps.inc32(o.d(), o.a());
            case DEC -> wide ? RegisterSteps.dec64(o.d(), o.a()) : RegisterSteps.dec32(o.d(), o.a());
            case NEG -> wide ? RegisterSteps.neg64(o.d(), o.a()) : RegisterSteps.neg32(o.d(), o.a());
            case NOT -> wide ? RegisterSteps.not64(o.d(), o.a()) : RegisterSteps.not32(o.d(), o.a());
            default -> null;
        };
    }

    /** Two micro-operations of one instruction. The temporary between them is not seen afterwards. */
    private static Step fused(MicroOp first, MicroOp second) {
        if (first instanceof Load load && load.address().isFlat()) {
            return withLoad(load, second);
        }
        if (first instanceof Constant constant
                && second instanceof Store store
                && store.address().isFlat()) {
            Address m = store.address();
            return MemorySteps.storeConstant(
                    store.size(), constant.value(), m.base(), m.index(), m.shift(), m.displacement());
        }
        return null;
    }

    private static Step withLoad(Load load, MicroOp second) {
        int t = load.d();
        int size = load.size();
        int base = load.address().base();
        int index = load.address().index();
        int shift = load.address().shift();
        long displacement = load.address().displacement();
        if (second instanceof Alu2 o && o.b() == t && o.a() != t) {
            return switch (size) {
                case 8 -> MemorySteps.binary64(o.operation(), o.d(), o.a(), base, index, shift, displacement);
                case 4 -> MemorySteps.binary32(o.operation(), o.d(), o.a(), base, index, shift, displacement);
                default -> null;
            };
        }
        if (second instanceof CompareConstant o && o.a() == t) {
            boolean cmp = o.operation() == Binary.SUB;
            return switch (size) {
                case 8 ->
                    cmp
                            ? MemorySteps.cmpConstant64(o.value(), base, index, shift, displacement)
                            : MemorySteps.testConstant64(o.value(), base, index, shift, displacement);
                case 4 ->
                    cmp
                            ? MemorySteps.cmpConstant32(o.value(), base, index, shift, displacement)
                            : MemorySteps.testConstant32(o.value(), base, index, shift, displacement);
                default ->
                    MemorySteps.compareConstant(o.operation(), size, o.value(), base, index, shift, displacement);
            };
        }
        if (second instanceof Compare o && size >= 4) {
            boolean cmp = o.operation() == Binary.SUB;
            if (o.a() == t) {
                return size == 8
                        ? cmp
                                ? MemorySteps.cmp64(o.b(), base, index, shift, displacement)
                                : MemorySteps.test64(o.b(), base, index, shift, displacement)
                        : cmp
                                ? MemorySteps.cmp32(o.b(), base, index, shift, displacement)
                                : MemorySteps.test32(o.b(), base, index, shift, displacement);
            }
            if (cmp && o.b() == t) {
                return size == 8
                        ? MemorySteps.cmpRegister64(o.a(), base, index, shift, displacement)
                        : MemorySteps.cmpRegister32(o.a(), base, index, shift, displacement);
            }
            return null;
        }
        if (second instanceof Extend o && o.size() >= 4 && o.a() == t) {
            if (!o.signed()) {
                return o.from() == 1
                        ? MemorySteps.load8(o.d(), base, index, shift, displacement)
                        : MemorySteps.load16(o.d(), base, index, shift, displacement);
            }
            return o.size() == 8 ? MemorySteps.loadSigned64(o.from(), o.d(), base, index, shift, displacement) : null;
        }
        return null;
    }

    /** The read-modify-write of a memory operand. */
    private static Step fused(MicroOp first, MicroOp second, MicroOp third) {
        if (!(first instanceof LoadForStore load
                        && third instanceof Store
                        && load.address().isFlat())
                || load.size() < 4) {
            return null;
        }
        Address m = load.address();
        boolean wide = load.size() == 8;
        if (second instanceof Alu2 o) {
            return wide
                    ? MemorySteps.modify64(o.operation(), o.b(), m.base(), m.index(), m.shift(), m.displacement())
                    : MemorySteps.modify32(o.operation(), o.b(), m.base(), m.index(), m.shift(), m.displacement());
        }
        if (second instanceof AluConstant o) {
            return wide
                    ? MemorySteps.modify64(o.operation(), o.value(), m.base(), m.index(), m.shift(), m.displacement())
                    : MemorySteps.modify32(o.operation(), o.value(), m.base(), m.index(), m.shift(), m.displacement());
        }
        return null;
    }
}
