package org.pvdiet.emulator.platform.xenpv;

/** What Xen keeps about one machine frame (Xen's struct page_info). */
final class PageInfo {
    Owner owner = Owner.FREE;

    /** The type in force while {@link #typeCount} is not zero, and the last one otherwise. */
    PageType type = PageType.NONE;

    int typeCount;

    /** The contents obey the rules of the type. */
    boolean validated;

    boolean pinned;

    /** References of any kind; the frame is freed when the last one goes. */
    int references;

    /** One of the references is the domain's own: the frame counts as its memory. */
    boolean allocated;

    /** One of Xen's own frames that it shares with the guest: shared_info, grant table. Never given back. */
    boolean special;

    /** Number of TLB flushes when the last type reference went. */
    long flushesSeen;
}
