package org.pvdiet.emulator.cpu;

import java.util.List;

/** Turns micro-operations into what the interpreter executes. */
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

    static Step of(MicroOp op) {
        return new Plain(op);
    }

    /** Appends the steps of one instruction. */
    static void append(List<MicroOp> instruction, List<Step> steps) {
        for (MicroOp op : instruction) {
            steps.add(of(op));
        }
    }
}
