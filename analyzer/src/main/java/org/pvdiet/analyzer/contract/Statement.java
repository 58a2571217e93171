package org.pvdiet.analyzer.contract;

/**
 * One thing that held of a hook's calls.
 *
 * @param aspect what it is about
 * @param sentence for people, without a full stop: {@code returns CR0}
 * @param calls that it rests on
 * @param inputs different inputs among them
 * @param witness seq of the first of them
 * @param thin whether so few calls or inputs stand behind it that it may be chance
 */
public record Statement(Aspect aspect, String sentence, long calls, long inputs, long witness, boolean thin) {}
