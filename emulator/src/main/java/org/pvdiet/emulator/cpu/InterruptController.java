package org.pvdiet.emulator.cpu;

/** Where maskable interrupts come from. */
public interface InterruptController {
    /** One that nothing is wired to. */
    InterruptController NONE = new InterruptController() {
        @Override
        public boolean isPending() {
            return false;
        }

        @Override
        public int acknowledge() {
            throw new IllegalStateException("there is no interrupt to acknowledge");
        }
    };

    /** True while an interrupt is requested, whether or not the processor takes it. */
    boolean isPending();

    /** Acknowledges the most urgent request and gives its vector. */
    int acknowledge();
}
