package org.pvdiet.analyzer.diff;

import java.util.OptionalLong;
import org.pvdiet.analyzer.calls.FrameTable;
import org.pvdiet.analyzer.calls.Kernel;
import org.pvdiet.analyzer.calls.Prototype;
import org.pvdiet.analyzer.calls.RecordedCall;
import org.pvdiet.analyzer.calls.RecordedEffect;
import org.pvdiet.analyzer.words.PageTableEntry;
import org.pvdiet.traces.EffectKind;

/** Finds calls in which a frame number goes in and the number that another kind of frames has for it comes out. */
final class FrameTranslation {
    private static final int ROOT = 3;

    private final Kernel kernel;
    private final FrameTable frames;

    FrameTranslation(Kernel kernel) {
        this.kernel = kernel;
        this.frames = kernel.frames();
    }

    boolean isNeeded(RecordedCall call) {
        if (frames.identity()) {
            return false;
        }
        Prototype prototype = kernel.prototype(call.hook());
        if (prototype.returns().kind() == Prototype.Kind.ENTRY && isTranslated(call, call.result(), prototype)) {
            return true;
        }
        for (RecordedEffect effect : call.effects()) {
            if (effect.seq() == call.seq() && isEntry(effect) && isTranslated(call, effect.value(), prototype)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEntry(RecordedEffect effect) {
        return effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                || (effect.kind() == EffectKind.CONTROL_REGISTER && effect.address() == ROOT);
    }

    private boolean isTranslated(RecordedCall call, OptionalLong to, Prototype prototype) {
        if (to.isEmpty()) {
            return false;
        }
        long frame = PageTableEntry.frame(to.getAsLong());
        for (int i = 0; i < call.argumentCount(); i++) {
            long argument = PageTableEntry.frame(call.argument(i));
            Prototype.Kind kind = prototype.type(i).kind();
            if ((kind == Prototype.Kind.ENTRY || kind == Prototype.Kind.WORD)
                    && argument != frame
                    && frames.same(argument, frame)) {
                return true;
            }
        }
        return false;
    }
}
