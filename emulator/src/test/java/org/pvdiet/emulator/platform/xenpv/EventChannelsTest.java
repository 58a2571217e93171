package org.pvdiet.emulator.platform.xenpv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** common/event_channel.c and common/event_2l.c. */
class EventChannelsTest {
    private final TestDomain xen = new TestDomain();
    private final SharedInfo info = xen.domain.sharedInfo;
    private final EventChannels events =
            new EventChannels(xen.domain, new Blocking(xen.domain, new Runstate(xen.domain.guest, xen.domain.assists)));

    @Test
    void portsAreGivenFromOneOn() {
        assertEquals(1, events.bindIpi(0));
        assertEquals(2, events.bindVirq(EventChannels.VIRQ_TIMER, 0));
        assertEquals(Errno.EEXIST, events.bindVirq(EventChannels.VIRQ_TIMER, 0));
        assertEquals(0, events.close(1));
        assertEquals(Errno.EINVAL, events.close(1));
        assertEquals(1, events.bindIpi(0));
        assertEquals(Errno.ENOENT, events.bindIpi(1));
        assertEquals(Errno.EINVAL, events.bindVirq(24, 0));
    }

    @Test
    void aSentIpiIsPending() {
        int port = events.bindIpi(0);
        assertEquals(0, events.send(port));
        assertTrue(info.isPending(port));
        assertTrue(info.isUpcallPending());
    }

    @Test
    void aMaskedPortIsPendingWithoutAnUpcallUntilItIsUnmasked() {
        int port = events.bindIpi(0);
        long mask = (MachineLayout.SHARED_INFO << 12) + 32 * 64 + 512;
        xen.domain.memory.writeLong(mask, 1L << port);
        events.send(port);
        assertTrue(info.isPending(port));
        assertFalse(info.isUpcallPending());
        assertEquals(0, events.unmask(port));
        assertTrue(info.isUpcallPending());
    }

    @Test
    void onlyWhatIsBoundCanBeSentOn() {
        int virq = events.bindVirq(1, 0);
        assertEquals(Errno.EINVAL, events.send(virq));
        assertEquals(Errno.EINVAL, events.send(77));
        assertEquals(0, events.send(events.allocateUnbound(0)), "nobody hears it");
    }

    @Test
    void twoPortsOfOneDomainCanBeConnected() {
        int first = events.allocateUnbound(Domain.ID);
        int second = events.bindInterdomain(first);
        info.clearPending(second);
        events.send(first);
        assertTrue(info.isPending(second));
        events.send(second);
        assertTrue(info.isPending(first));
    }

    @Test
    void theOtherEndOfAConnectedPortHearsTheGuest() {
        int[] heard = new int[1];
        int port = events.connect(from -> heard[0] = from);
        assertEquals(EventChannels.State.INTERDOMAIN, events.state(port));
        events.send(port);
        assertEquals(port, heard[0]);
    }

    /** public/event_channel.h: link bits 16:0, LINKED 29, MASKED 30, PENDING 31; ready, then the heads from byte 8 on. */
    @Test
    void queuesLinkPortsInTheOrderOfTheirEvents() {
        long page = xen.frame();
        long words = xen.frame();
        int first = events.bindIpi(0);
        int second = events.bindIpi(0);
        events.send(first);
        assertEquals(0, events.useQueues(page, 0, 0));
        assertEquals(Errno.EINVAL, events.useQueues(page, 0, 0), "once");
        assertEquals(0, xen.domain.memory.readInt(page << 12), "the words are not there yet");

        assertEquals(0, events.addWords(words));
        assertEquals(1 << 7, xen.domain.memory.readInt(page << 12), "the default priority's queue is ready");
        assertEquals(first, xen.domain.memory.readInt((page << 12) + 8 + 7 * 4));
        events.send(second);
        assertEquals(1 << 31 | 1 << 29 | second, xen.domain.memory.readInt((words << 12) + first * 4L));
        assertEquals(1 << 31 | 1 << 29, xen.domain.memory.readInt((words << 12) + second * 4L));
    }

    @Test
    void aMaskedPortIsQueuedWhenItIsUnmasked() {
        long page = xen.frame();
        long words = xen.frame();
        int port = events.bindIpi(0);
        assertEquals(Errno.ENOSYS, events.setPriority(port, 3), "bitmaps have no priorities");
        assertEquals(Errno.EOPNOTSUPP, events.addWords(words));
        events.useQueues(page, 0, 0);
        events.addWords(words);
        assertEquals(0, events.setPriority(port, 3));
        assertEquals(Errno.EINVAL, events.setPriority(port, 16));
        long word = (words << 12) + port * 4L;
        xen.domain.memory.writeInt(word, 1 << 30);
        events.send(port);
        assertEquals(1 << 31 | 1 << 30, xen.domain.memory.readInt(word));
        assertTrue(events.isPending(port));
        assertEquals(0, events.unmask(port));
        assertEquals(1 << 31 | 1 << 29, xen.domain.memory.readInt(word));
        assertEquals(port, xen.domain.memory.readInt((page << 12) + 8 + 3 * 4));
        assertEquals(Errno.EINVAL, xen.frames().getType(words, PageType.L1_TABLE), "Xen writes to it");
    }
}
