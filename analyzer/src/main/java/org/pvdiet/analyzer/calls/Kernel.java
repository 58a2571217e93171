package org.pvdiet.analyzer.calls;

import com.google.common.collect.ImmutableList;
import java.util.List;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceReader;

/** What a trace says of the kernel that it was recorded from. */
public final class Kernel {
    private final ImmutableList<Hook> hooks;
    private final ImmutableList<Site> sites;
    private final ImmutableList<Prototype> prototypes;
    private final Symbols symbols;
    private final FrameTable frames;

    private Kernel(List<Hook> hooks, List<Site> sites, Symbols symbols, FrameTable frames) {
        this.hooks = ImmutableList.copyOf(hooks);
        this.sites = ImmutableList.copyOf(sites);
        this.prototypes =
                hooks.stream().map(hook -> Prototype.of(hook.prototype())).collect(ImmutableList.toImmutableList());
        this.symbols = symbols;
        this.frames = frames;
    }

    public static Kernel of(TraceReader reader) {
        reader.readAhead();
        return new Kernel(
                reader.hooks(), reader.sites(), new Symbols(reader.symbols()), new FrameTable(reader.frames()));
    }

    /** By id. */
    public List<Hook> hooks() {
        return hooks;
    }

    /** By id. */
    public List<Site> sites() {
        return sites;
    }

    public Prototype prototype(int hook) {
        return prototypes.get(hook);
    }

    public Symbols symbols() {
        return symbols;
    }

    public FrameTable frames() {
        return frames;
    }
}
