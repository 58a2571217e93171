package org.pvdiet.emulator.platform.xenpv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** common/event_channel.c and common/event_2l.c. */
class EventChannelsTest {
    private final TestDomain xen = new TestDomain();
    private final SharedInfo info = xen.domain.sharedInfo;
    private final EventChannels events = new EventChannels(
            info,
            new Blocking(xen.domain.cpu, xen.domain.timeline, new Runstate(xen.domain.guest, xen.domain.assists)));

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
}
