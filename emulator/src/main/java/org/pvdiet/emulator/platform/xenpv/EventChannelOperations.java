package org.pvdiet.emulator.platform.xenpv;

/** event_channel_op (public/event_channel.h): the guest's structures around {@link EventChannels}. */
final class EventChannelOperations {
    // EVTCHNOP_*.
    private static final int BIND_INTERDOMAIN = 0;
    private static final int BIND_VIRQ = 1;
    private static final int BIND_PIRQ = 2;
    private static final int CLOSE = 3;
    private static final int SEND = 4;
    private static final int STATUS = 5;
    private static final int ALLOC_UNBOUND = 6;
    private static final int BIND_IPI = 7;
    private static final int BIND_VCPU = 8;
    private static final int UNMASK = 9;
    private static final int INIT_CONTROL = 11;
    private static final int EXPAND_ARRAY = 12;
    private static final int SET_PRIORITY = 13;

    private final Domain domain;
    private final GuestMemory guest;
    private final EventChannels events;

    EventChannelOperations(Domain domain, EventChannels events) {
        this.domain = domain;
        this.guest = domain.guest;
        this.events = events;
    }

    long call(int command, long argument) {
        return switch (command) {
            case BIND_INTERDOMAIN -> bindInterdomain(argument);
            case BIND_VIRQ -> answer(argument + 8, events.bindVirq(guest.load32(argument), guest.load32(argument + 4)));
            case BIND_PIRQ -> {
                // No interrupt line is the guest's.
                yield Errno.EINVAL;
            }
            case CLOSE -> events.close(guest.load32(argument));
            case SEND -> events.send(guest.load32(argument));
            case STATUS -> status(argument);
            case ALLOC_UNBOUND -> allocateUnbound(argument);
            case BIND_IPI -> answer(argument + 4, events.bindIpi(guest.load32(argument)));
            case BIND_VCPU -> events.bindVcpu(guest.load32(argument), guest.load32(argument + 4));
            case UNMASK -> events.unmask(guest.load32(argument));
            case INIT_CONTROL -> initControl(argument);
            case EXPAND_ARRAY -> events.addWords(guest.load64(argument));
            case SET_PRIORITY -> events.setPriority(guest.load32(argument), guest.load32(argument + 4));
            default -> domain.unimplemented.enosys("event_channel_op " + command);
        };
    }

    /** A port goes into the structure, an error is the result. */
    private long answer(long at, int port) {
        if (port < 0) {
            return port;
        }
        guest.store32(at, port);
        return 0;
    }

    private long initControl(long argument) {
        int error = events.useQueues(guest.load64(argument), guest.load32(argument + 8), guest.load32(argument + 12));
        if (error == 0) {
            guest.store(argument + 16, 1, FifoPorts.LINK_BITS);
        }
        return error;
    }

    private long bindInterdomain(long argument) {
        if (!Domain.isSelf(guest.load16(argument))) {
            return Errno.ESRCH;
        }
        return answer(argument + 8, events.bindInterdomain(guest.load32(argument + 4)));
    }

    private long allocateUnbound(long argument) {
        if (!Domain.isSelf(guest.load16(argument))) {
            return Errno.ESRCH;
        }
        int remote = guest.load16(argument + 2);
        return answer(argument + 4, events.allocateUnbound(Domain.isSelf(remote) ? Domain.ID : remote));
    }

    private long status(long argument) {
        if (!Domain.isSelf(guest.load16(argument))) {
            return Errno.ESRCH;
        }
        int port = guest.load32(argument + 4);
        EventChannels.State state = events.state(port);
        if (state == null) {
            return Errno.EINVAL;
        }
        guest.store32(argument + 8, state.ordinal());
        guest.store32(argument + 12, 0);
        switch (state) {
            case UNBOUND, INTERDOMAIN -> guest.store(argument + 16, 2, events.number(port));
            case VIRQ, PIRQ -> guest.store32(argument + 16, events.number(port));
            case CLOSED, IPI -> {
                // Nothing more to say.
            }
        }
        return 0;
    }
}
