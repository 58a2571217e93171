package org.pvdiet.analyzer.diet;

import com.google.common.base.Splitter;
import com.google.common.cache.CacheBuilder;
import com.google.common.cache.CacheLoader;
import com.google.common.cache.LoadingCache;
import com.google.common.collect.ImmutableSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.pvdiet.analyzer.calls.Symbols;

/**
 * {@code other-platform}: the kernel has a function that is named for the hook and for a platform, and no trace leads to it.
 * So somebody not recorded has a use for the hook. Rests on the kernel's symbols, not on calls.
 */
final class OtherPlatform implements Finding {
    static final String ID = "other-platform";

    /** How Linux 6.1 begins the names of guests' functions (arch/x86/kernel/cpu/hypervisor.c; "pv" is qspinlock's). */
    private static final ImmutableSet<String> PLATFORMS =
            ImmutableSet.of("kvm", "hv", "hyperv", "vmware", "xen", "pv", "tdx", "jailhouse", "acrn");

    private static final ImmutableSet<String> WRAPPERS = ImmutableSet.of("", "raw", "callee", "save");
    /** So many of the hook's words in a row name it. */
    private static final int ENOUGH_WORDS = 3;

    private static final int MOST_NAMED = 3;

    /** By the kernel's symbols, those of them that are named for a platform: few of many, and the same for all hooks. */
    private final LoadingCache<Symbols, List<String>> guests =
            CacheBuilder.newBuilder().weakKeys().build(CacheLoader.from(OtherPlatform::namedForPlatforms));

    @Override
    public List<Evidence> of(Subject subject, List<Subject> hooks) {
        if (subject.others().stream().anyMatch(run -> run.hasOwnFunction(subject.first()))) {
            // Recorded platforms part in it: its use was seen.
            return List.of();
        }
        List<List<String>> parts =
                parts(Splitter.on('_').splitToList(subject.first().hook().name()));
        List<String> joined = parts.stream().map(part -> String.join("_", part)).toList();
        Set<String> led = subject.runs().stream().map(Subject.Run::target).collect(Collectors.toSet());
        List<String> found = guests.getUnchecked(subject.first().kernel().symbols()).stream()
                // Cheaper than to take the name apart, and few names get through.
                .filter(name -> joined.stream().anyMatch(name.toLowerCase(Locale.ROOT)::contains))
                .filter(name -> isNamedFor(parts, name))
                .filter(name -> !led.contains(name))
                .distinct()
                .sorted()
                .limit(MOST_NAMED)
                .toList();
        return found.isEmpty()
                ? List.of()
                : List.of(subject.evidence(
                        ID,
                        Verdict.KEEP,
                        "The kernel has %s, which no trace leads to: platforms not recorded may need the hook.",
                        String.join(", ", found)));
    }

    /** What of a hook's words is enough to name it. */
    private static List<List<String>> parts(List<String> hook) {
        int enough = Math.min(ENOUGH_WORDS, hook.size());
        return IntStream.rangeClosed(0, hook.size() - enough)
                .mapToObj(from -> hook.subList(from, from + enough))
                .toList();
    }

    private static List<String> namedForPlatforms(Symbols symbols) {
        return symbols.names().stream().filter(OtherPlatform::namesPlatform).toList();
    }

    /** Whether a platform is the first word of a name, wrappers aside. */
    private static boolean namesPlatform(String name) {
        for (int from = 0, to; from < name.length(); from = to + 1) {
            to = name.indexOf('_', from);
            to = to < 0 ? name.length() : to;
            String word = name.substring(from, to).toLowerCase(Locale.ROOT);
            if (!WRAPPERS.contains(word)) {
                return PLATFORMS.contains(word);
            }
        }
        return false;
    }

    /** Whether a name of a platform's has one of the parts after the platform's. */
    private static boolean isNamedFor(List<List<String>> parts, String symbol) {
        List<String> words = new ArrayList<>(Splitter.on('_').splitToList(symbol.toLowerCase(Locale.ROOT)));
        while (WRAPPERS.contains(words.get(0))) {
            words.remove(0);
        }
        for (List<String> part : parts) {
            int enough = part.size();
            for (int at = 1; at + enough <= words.size(); at++) {
                if (words.subList(at, at + enough).equals(part) && (enough > 1 || at + 1 == words.size())) {
                    return true;
                }
            }
        }
        return false;
    }
}
