package org.pvdiet.emulator.platform.xenpv;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * The guest's event channels (common/event_channel.c). The other ends of the
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

    /** Ports that a domain may have, as libxl limits them. */
    private static final int PORTS = 1024;

    private static final int VIRQS = 24;

    static final int VIRQ_TIMER = 0;
    private static final int VIRQ_DEBUG = 1;
    private static final int VIRQ_XENOPROF = 7;
    private static final int VIRQ_XENPMU = 13;
    private static final int FIRST_VIRQ_OF_ARCHITECTURE = 16;

    private final Channel[] channels = new Channel[PORTS];
    private final int[] portOfVirq = new int[VIRQS];
    private final Domain domain;
    private final Blocking blocking;
    private PortForm form;

    EventChannels(Domain domain, Blocking blocking) {
        this.domain = domain;
        this.blocking = blocking;
        form = new TwoLevelPorts(domain.sharedInfo, blocking);
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
            case VIRQ_TIMER, VIRQ_DEBUG, VIRQ_XENOPROF, VIRQ_XENPMU -> false;
            default -> virq < FIRST_VIRQ_OF_ARCHITECTURE;
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
        form.clear(port);
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
        form.unmask(port);
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
        form.raise(port);
    }

    /** False also where there is no such port. */
    boolean isPending(int port) {
        return isPort(port) && form.isPending(port);
    }

    /** EVTCHNOP_init_control: queues instead of bitmaps from now on. Zero or a negative error. */
    int useQueues(long mfn, int offset, int vcpu) {
        if (vcpu != 0) {
            return Errno.ENOENT;
        }
        int last = PhysicalMemory.FRAME_SIZE - FifoPorts.CONTROL_BLOCK_SIZE;
        if (Integer.compareUnsigned(offset, last) > 0 || (offset & 7) != 0 || form instanceof FifoPorts) {
            return Errno.EINVAL;
        }
        int error = domain.frames.getWithType(mfn, PageType.WRITABLE);
        if (error != 0) {
            return error;
        }
        PortForm old = form;
        long control = (mfn << PhysicalMemory.FRAME_SHIFT) + offset;
        form = new FifoPorts(domain.memory, blocking, control, PORTS);
        for (int port = 1; port < PORTS; port++) {
            if (old.isPending(port)) {
                form.raise(port);
            }
        }
        return 0;
    }

    /** EVTCHNOP_expand_array. */
    int addWords(long mfn) {
        if (!(form instanceof FifoPorts queues)) {
            return Errno.EOPNOTSUPP;
        }
        int error = domain.frames.getWithType(mfn, PageType.WRITABLE);
        if (error == 0 && !queues.expand(mfn << PhysicalMemory.FRAME_SHIFT)) {
            domain.frames.putWithType(mfn);
            return Errno.ENOSPC;
        }
        return error;
    }

    /** EVTCHNOP_set_priority: queues have them. */
    int setPriority(int port, int priority) {
        if (!isPort(port)) {
            return Errno.EINVAL;
        }
        if (!(form instanceof FifoPorts queues)) {
            return Errno.ENOSYS;
        }
        return queues.setPriority(port, priority) ? 0 : Errno.EINVAL;
    }
}
