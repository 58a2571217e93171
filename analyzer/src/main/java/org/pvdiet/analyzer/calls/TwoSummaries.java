package org.pvdiet.analyzer.calls;

/**
 * Two summaries of the same calls, so that one reading serves both.
 *
 * @param <A> the first one's type
 * @param <B> the second one's type
 */
public record TwoSummaries<A extends Summary<A>, B extends Summary<B>>(A first, B second)
        implements Summary<TwoSummaries<A, B>> {
    @Override
    public Wanted wanted() {
        return first.wanted().and(second.wanted());
    }

    @Override
    public void add(RecordedCall call) {
        first.add(call);
        second.add(call);
    }

    @Override
    public void order(CallOrder order) {
        first.order(order);
        second.order(order);
    }

    @Override
    public void settle(long before) {
        first.settle(before);
        second.settle(before);
    }

    @Override
    public void merge(TwoSummaries<A, B> later) {
        first.merge(later.first);
        second.merge(later.second);
    }
}
