package org.pvdiet.analyzer.calls;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.pvdiet.traces.EffectKind;
import org.pvdiet.traces.Hook;
import org.pvdiet.traces.Site;
import org.pvdiet.traces.TraceReader;

/** What a trace says of the kernel that it was recorded from. */
public final class Kernel {
    private final ImmutableList<Hook> hooks;
    private final ImmutableList<Site> sites;
    private final ImmutableList<Prototype> prototypes;
    /** On its way: calls are read and sorted meanwhile. */
    private final Future<Symbols> symbols;

    private final FrameTable frames;

    private Kernel(List<Hook> hooks, List<Site> sites, Future<Symbols> symbols, FrameTable frames) {
        this.hooks = ImmutableList.copyOf(hooks);
        this.sites = ImmutableList.copyOf(sites);
        this.prototypes =
                hooks.stream().map(hook -> Prototype.of(hook.prototype())).collect(ImmutableList.toImmutableList());
        this.symbols = symbols;
        this.frames = frames;
    }

    public static Kernel of(TraceReader reader) {
        reader.readAhead();
        Future<Symbols> symbols = CompletableFuture.supplyAsync(() -> new Symbols(reader.symbols()));
        return new Kernel(reader.hooks(), reader.sites(), symbols, new FrameTable(reader.frames()));
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

    /**
     * Whether an entry is in a page that only once was a table. Tables in use are written for the kernel where it has a
     * hypervisor, by hypercalls or traps; what a hook writes itself that was given no entry to write is other memory by now.
     */
    public boolean isFormerTable(RecordedCall call, RecordedEffect effect) {
        return effect.kind() == EffectKind.PAGE_TABLE_ENTRY
                && !frames.identity()
                && call.hypercalls() == 0
                && call.traps() == 0
                && prototype(call.hook()).parameters().stream()
                        .noneMatch(parameter -> parameter.type().level() > 0);
    }

    /** Throws what reading them threw. */
    public Symbols symbols() {
        return Processors.result(symbols);
    }

    public FrameTable frames() {
        return frames;
    }
}
