package org.pvdiet.emulator.platform.xenpv;

/** event_channel_op (public/event_channel.h): the guest's structures around {@link EventChannels}. */
final class EventChannelOperations {
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
            case 0 -> bindInterdomain(argument);
            case 1 -> answer(argument + 8, events.bindVirq(guest.load32(argument), guest.load32(argument + 4)));
            case 2 -> {
                // EVTCHNOP_bind_pirq: no interrupt line is the guest's.
                yield Errno.EINVAL;
            }
            case 3 -> events.close(guest.load32(argument));
            case 4 -> events.send(guest.load32(argument));
            case 5 -> status(argument);
            case 6 -> allocateUnbound(argument);
            case 7 -> answer(argument + 4, events.bindIpi(guest.load32(argument)));
            case 8 -> events.bindVcpu(guest.load32(argument), guest.load32(argument + 4));
            case 9 -> events.unmask(guest.load32(argument));
            // The FIFO form is not here: guests go on with the two-level form, which has no priorities.
            case 11 -> domain.unimplemented.enosys("event_channel_op init_control");
            case 12 -> domain.unimplemented.enosys("event_channel_op expand_array");
            case 13 -> Errno.ENOSYS;
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
