package org.pvdiet.analyzer.docs;

import com.google.common.collect.ImmutableList;
import java.util.List;

/** A line of text: words, code and references, in order. */
record Text(List<Span> spans) {

    /** A part of it. */
    sealed interface Span {}

    /** Words, without any markup. */
    record Words(String text) implements Span {}

    /** Code, on one line. */
    record Code(String text) implements Span {}

    /** A hook that has a section of its own. */
    record HookReference(String hook) implements Span {}

    /** A page. */
    record PageReference(String page, String title) implements Span {}

    Text {
        spans = ImmutableList.copyOf(spans);
    }

    static Text of(String words) {
        return new Text(words.isEmpty() ? List.of() : List.of(new Words(words)));
    }

    static Text code(String code) {
        return new Text(List.of(new Code(code)));
    }

    static Text hook(String hook) {
        return new Text(List.of(new HookReference(hook)));
    }

    static Text page(String page, String title) {
        return new Text(List.of(new PageReference(page, title)));
    }

    Text and(String words) {
        return and(of(words));
    }

    Text and(Text more) {
        return new Text(
                ImmutableList.<Span>builder().addAll(spans).addAll(more.spans).build());
    }
}
