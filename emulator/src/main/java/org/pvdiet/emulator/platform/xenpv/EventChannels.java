package org.pvdiet.emulator.platform.xenpv;

import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * The guest's event channels, in the two-level form (common/event_channel.c, common/event_2l.c). The other ends of the
 * interdomain channels are this program's: console and xenstore.
 */
final class EventChannels {
    /** EVTCHNSTAT_*. */
    enum State {
        CLOSED,
        UNBOUND,
        INTERDOMAIN,
        PIRQ,
        VIRQ,
        IPI
    }

    /** One port; {@code number} is the virtual interrupt of a VIRQ, the remote domain of the first two. */
    private record Channel(State state, int number, IntConsumer remote) {
        static final Channel CLOSED = new Channel(State.CLOSED, 0, port -> {});
    }

    /** Ports of the two-level form. */
    private static final int PORTS = 64 * 64;

    private static final int VIRQS = 24;

    static final int VIRQ_TIMER = 0;

    private final Channel[] channels = new Channel[PORTS];
    private final int[] portOfVirq = new int[VIRQS];
    private final SharedInfo sharedInfo;
    private final Blocking blocking;

    EventChannels(SharedInfo sharedInfo, Blocking blocking) {
        this.sharedInfo = sharedInfo;
        this.blocking = blocking;
        Arrays.fill(channels, Channel.CLOSED);
    }

    private int allocate(Channel channel) {
        for (int port = 1; port < PORTS; port++) {
            if (channels[port].state == State.CLOSED) {
                channels[port] = channel;
                return port;
            }
        }
        return Errno.ENOSPC;
    }

    private boolean isPort(int port) {
        return port >= 0 && port < PORTS;
    }

    /** A port for another domain to connect to; or a negative error. */
    int allocateUnbound(int remote) {
        return allocate(new Channel(State.UNBOUND, remote, port -> {}));
    }

    /** A port whose other end is in domain 0, and what happens there when the guest sends. */
    int connect(IntConsumer remote) {
        return allocate(new Channel(State.INTERDOMAIN, 0, remote));
    }

    /** Connects to an unbound port of the domain's own, the only ones there are. */
    int bindInterdomain(int remotePort) {
        if (!isPort(remotePort)
                || channels[remotePort].state != State.UNBOUND
                || !Domain.isSelf(channels[remotePort].number)) {
            return Errno.EINVAL;
        }
        int port = allocate(new Channel(State.INTERDOMAIN, Domain.ID, from -> raise(remotePort)));
        if (port > 0) {
            channels[remotePort] = new Channel(State.INTERDOMAIN, Domain.ID, from -> raise(port));
            // As the other end may have sent before there was one (evtchn_bind_interdomain).
            raise(port);
        }
        return port;
    }

    int bindVirq(int virq, int vcpu) {
        if (virq < 0 || virq >= VIRQS) {
            return Errno.EINVAL;
        }
        if (vcpu != 0) {
            return isGlobal(virq) ? Errno.EINVAL : Errno.ENOENT;
        }
        if (portOfVirq[virq] != 0) {
            return Errno.EEXIST;
        }
        int port = allocate(new Channel(State.VIRQ, virq, from -> {}));
        if (port > 0) {
            portOfVirq[virq] = port;
        }
        return port;
    }

    /** public/xen.h marks with G. those that any virtual CPU may take. */
    private static boolean isGlobal(int virq) {
        return switch (virq) {
            case 0, 1, 7, 13 -> false;
            default -> virq < 16;
        };
    }

    int bindIpi(int vcpu) {
        return vcpu == 0 ? allocate(new Channel(State.IPI, 0, from -> {})) : Errno.ENOENT;
    }

    int close(int port) {
        if (!isPort(port) || channels[port].state == State.CLOSED) {
            return Errno.EINVAL;
        }
        if (channels[port].state == State.VIRQ) {
            portOfVirq[channels[port].number] = 0;
        }
        sharedInfo.clearPending(port);
        channels[port] = Channel.CLOSED;
        return 0;
    }

    int send(int port) {
        if (!isPort(port)) {
            return Errno.EINVAL;
        }
        Channel channel = channels[port];
        switch (channel.state) {
            case INTERDOMAIN -> channel.remote.accept(port);
            case IPI -> raise(port);
            case UNBOUND -> {
                // Nobody hears it.
            }
            case CLOSED, PIRQ, VIRQ -> {
                return Errno.EINVAL;
            }
        }
        return 0;
    }

    int unmask(int port) {
        if (!isPort(port)) {
            return Errno.EINVAL;
        }
        boolean masked = sharedInfo.isMasked(port);
        sharedInfo.unmask(port);
        if (masked && sharedInfo.isPending(port) && !sharedInfo.testAndSetSelector(port / 64)) {
            markPending();
        }
        return 0;
    }

    /** Only channels that are not tied to a virtual CPU can be moved; there is one to move to. */
    int bindVcpu(int port, int vcpu) {
        if (vcpu != 0) {
            return Errno.ENOENT;
        }
        if (!isPort(port)) {
            return Errno.EINVAL;
        }
        return switch (channels[port].state) {
            case UNBOUND, INTERDOMAIN -> 0;
            case VIRQ -> isGlobal(channels[port].number) ? 0 : Errno.EINVAL;
            case CLOSED, PIRQ, IPI -> Errno.EINVAL;
        };
    }

    /** Null where there is no such port. */
    State state(int port) {
        return isPort(port) ? channels[port].state : null;
    }

    /** The virtual interrupt of a VIRQ, the remote domain of an interdomain or unbound channel. */
    int number(int port) {
        return channels[port].number;
    }

    /** Raises a virtual interrupt, if the guest has bound it. */
    void raiseVirq(int virq) {
        if (portOfVirq[virq] != 0) {
            raise(portOfVirq[virq]);
        }
    }

    /** An event arrives at a port. */
    void raise(int port) {
        if (sharedInfo.testAndSetPending(port)) {
            return;
        }
        if (!sharedInfo.isMasked(port) && !sharedInfo.testAndSetSelector(port / 64)) {
            markPending();
        }
        blocking.portRaised(port);
    }

    private void markPending() {
        if (!sharedInfo.isUpcallPending()) {
            sharedInfo.setUpcallPending();
            blocking.wake();
        }
    }
}
