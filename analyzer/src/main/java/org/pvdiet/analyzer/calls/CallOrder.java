package org.pvdiet.analyzer.calls;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a part of a trace in the order in which they began, of each only when it began, which kind it is of, and, if that
 * is {@linkplain Wanted#sites wanted}, which site made it. Valid until {@link Summary#order} returns.
 */
public final class CallOrder {
    /** The kind of a call that was given to {@link Summary#add} by itself, at another time. */
    public static final int BY_ITSELF = -1;

    /**
     * The calls that a site made, without those that were given by themselves.
     *
     * @param site its id
     * @param calls at least 1
     * @param first the first one's seq
     */
    public record OfSite(int site, long calls, long first) {}

    private final long firstSeq;
    private final long[] icounts;
    private final int[] kinds;
    private final int[] sites;
    private @Nullable List<OfSite> bySite;

    /**
     * @param firstSeq of the first call
     * @param icounts when each began
     * @param kinds of each
     * @param sites that made each; none if nobody wanted to know
     */
    CallOrder(long firstSeq, long[] icounts, int[] kinds, int[] sites) {
        this.firstSeq = firstSeq;
        this.icounts = icounts;
        this.kinds = kinds;
        this.sites = sites;
    }

    /** The seq of the first call. */
    public long firstSeq() {
        return firstSeq;
    }

    /** The seq of call {@code i}. */
    public long seq(int i) {
        return firstSeq + i;
    }

    /** The kind of each call, as {@link RecordedCall#kind} told it; {@link #BY_ITSELF}: to be passed over. May be kept. */
    public int[] kinds() {
        return kinds;
    }

    /** The id of the site that made each call. May be kept. */
    public int[] sites() {
        return sites;
    }

    /** When call {@code i} began. */
    public long icount(int i) {
        return icounts[i];
    }

    /** The sites that made calls. */
    public List<OfSite> bySite() {
        List<OfSite> known = bySite;
        if (known == null) {
            known = countBySite();
            bySite = known;
        }
        return known;
    }

    private List<OfSite> countBySite() {
        int last = -1;
        for (int site : sites) {
            last = Math.max(last, site);
        }
        int[] calls = new int[last + 1];
        int[] firsts = new int[calls.length];
        for (int i = sites.length - 1; i >= 0; i--) {
            if (kinds[i] != BY_ITSELF) {
                calls[sites[i]]++;
                firsts[sites[i]] = i;
            }
        }
        List<OfSite> found = new ArrayList<>();
        for (int site = 0; site < calls.length; site++) {
            if (calls[site] > 0) {
                found.add(new OfSite(site, calls[site], seq(firsts[site])));
            }
        }
        return found;
    }
}
