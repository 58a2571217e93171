package org.pvdiet.emulator.record;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.pvdiet.emulator.guest.Hook;
import org.pvdiet.emulator.guest.KernelImage;
import org.pvdiet.emulator.guest.Site;
import org.pvdiet.emulator.memory.Mmu;
import org.pvdiet.traces.Hook.Target;
import org.pvdiet.traces.SiteForm;

/** Where the table's slots lead and what the sites' bytes are, read from the running guest at the moments that matter. */
final class HookTargets {
    private final KernelImage image;
    private final Mmu mmu;
    /** By hook, the address of its slot. */
    private final long[] slots;

    /** By hook, what the latest call found in its slot, and when a call first found that; until sites are patched. */
    private final long[] found;

    private final long[] foundSince;
    /** By hook, whether a call had found something else before. */
    private final BitSet changed = new BitSet();

    private boolean isPatched;
    private List<Optional<Target>> setup = List.of();
    private List<Optional<Target>> patched = List.of();
    private List<byte[]> siteBytes = List.of();

    /** Made in the background: the guest need not wait. */
    private CompletableFuture<Code> code = CompletableFuture.completedFuture(new Code(Map.of(), Map.of(), Map.of()));

    /** Instructions as text: before and after each site, and of each hook's function. */
    private record Code(Map<Integer, String> before, Map<Integer, String> after, Map<Integer, String> functions) {}

    HookTargets(KernelImage image, Mmu mmu) {
        this.image = image;
        this.mmu = mmu;
        this.slots = image.hooks().stream().mapToLong(Hook::slot).toArray();
        this.found = new long[image.hooks().size()];
        this.foundSince = new long[image.hooks().size()];
    }

    /** A call of a hook begins: its slot may lead elsewhere than at the call before. */
    void called(int hook, long icount) {
        if (isPatched) {
            return;
        }
        long target = slot(hook);
        if (target != found[hook]) {
            changed.set(hook, found[hook] != 0);
            found[hook] = target;
            foundSince[hook] = icount;
        }
    }

    private long slot(int hook) {
        return mmu.memory().readLong(mmu.peek(slots[hook]));
    }

    void platformSetUp() {
        setup = slots();
    }

    void sitesPatched() {
        isPatched = true;
        patched = slots();
        List<byte[]> found = new ArrayList<>();
        for (Site site : image.sites()) {
            found.add(peek(site.address(), site.length()));
        }
        siteBytes = found;
        List<Long> functions =
                patched.stream().flatMap(Optional::stream).map(Target::address).toList();
        CodeText text = new CodeText(image, mmu, functions);
        code = CompletableFuture.supplyAsync(() -> code(text));
    }

    private Code code(CodeText text) {
        Map<Integer, String> after = new HashMap<>();
        image.sites().forEach(site -> after.put(site.id(), text.after(site.address() + site.length())));
        Map<Integer, String> functions = new HashMap<>();
        image.hooks()
                .forEach(hook -> at(patched, hook.id())
                        .flatMap(target -> text.function(target.address()))
                        .ifPresent(function -> functions.put(hook.id(), function)));
        return new Code(text.before(), after, functions);
    }

    private List<Optional<Target>> slots() {
        List<Optional<Target>> targets = new ArrayList<>();
        for (Hook hook : image.hooks()) {
            targets.add(target(slot(hook.id())));
        }
        return targets;
    }

    private Optional<Target> target(long address) {
        return address == 0
                ? Optional.empty()
                : Optional.of(new Target(address, image.kallsyms().nameAt(address)));
    }

    private byte[] peek(long linear, int length) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            long physical = mmu.peek(linear + i);
            bytes[i] = (byte) (physical < 0 ? 0xcc : mmu.memory().read(physical, 1));
        }
        return bytes;
    }

    List<org.pvdiet.traces.Hook> hooks() {
        List<org.pvdiet.traces.Hook> rows = new ArrayList<>();
        for (Hook hook : image.hooks()) {
            rows.add(new org.pvdiet.traces.Hook(
                    hook.id(),
                    hook.group(),
                    hook.name(),
                    hook.prototype().map(p -> p.text()).orElse(""),
                    (int) (hook.slot() - image.pvOps()),
                    hook.calleeSave(),
                    target(hook.initialTarget()),
                    at(setup, hook.id()),
                    at(patched, hook.id()),
                    Optional.ofNullable(code.join().functions().get(hook.id())),
                    since(hook.id())));
        }
        return rows;
    }

    private OptionalLong since(int id) {
        return changed.get(id)
                        && at(patched, id)
                                .filter(target -> target.address() == found[id])
                                .isPresent()
                ? OptionalLong.of(foundSince[id])
                : OptionalLong.empty();
    }

    private static Optional<Target> at(List<Optional<Target>> targets, int id) {
        return id < targets.size() ? targets.get(id) : Optional.empty();
    }

    List<org.pvdiet.traces.Site> sites() {
        List<org.pvdiet.traces.Site> rows = new ArrayList<>();
        for (Site site : image.sites()) {
            Optional<byte[]> last =
                    site.id() < siteBytes.size() ? Optional.of(siteBytes.get(site.id())) : Optional.empty();
            rows.add(new org.pvdiet.traces.Site(
                    site.id(),
                    site.address(),
                    site.length(),
                    site.hook().id(),
                    site.place().map(Object::toString),
                    site.origin() != Site.Origin.SCAN,
                    last.map(HookTargets::form),
                    site.original().hex(),
                    last.map(bytes -> HexFormat.of().formatHex(bytes)),
                    Optional.ofNullable(code.join().before().get(site.id())),
                    Optional.ofNullable(code.join().after().get(site.id()))));
        }
        return rows;
    }

    private static SiteForm form(byte[] bytes) {
        int first = bytes[0] & 0xff;
        if (first == 0xe8 || first == 0xe9) {
            return SiteForm.DIRECT;
        }
        boolean indirect = first == 0xff || first == 0x41 && bytes.length > 1 && (bytes[1] & 0xff) == 0xff;
        return indirect ? SiteForm.INDIRECT : SiteForm.INLINE;
    }
}
