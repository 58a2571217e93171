package org.pvdiet.emulator.platform.xenpv;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.pvdiet.emulator.memory.PhysicalMemory;

/**
 * The store that a domain without devices finds, and its ring (public/io/xs_wire.h, docs/misc/xenstore.txt). There is nobody
 * else who changes it, so transactions need no isolation and watches fire for the guest's own writes.
 */
final class Xenstore {
    private static final int SIZE = 1024;
    private static final int REQUESTS = 0;
    private static final int REPLIES = SIZE;
    private static final int REQ_CONS = 2 * SIZE;
    private static final int REQ_PROD = REQ_CONS + 4;
    private static final int RSP_CONS = REQ_CONS + 8;
    private static final int RSP_PROD = REQ_CONS + 12;
    private static final int HEADER = 16;

    // enum xsd_sockmsg_type.
    private static final int DIRECTORY = 1;
    private static final int READ = 2;
    private static final int GET_PERMS = 3;
    private static final int WATCH = 4;
    private static final int UNWATCH = 5;
    private static final int TRANSACTION_START = 6;
    private static final int TRANSACTION_END = 7;
    private static final int GET_DOMAIN_PATH = 10;
    private static final int WRITE = 11;
    private static final int MKDIR = 12;
    private static final int RM = 13;
    private static final int SET_PERMS = 14;
    private static final int WATCH_EVENT = 15;
    private static final int ERROR = 16;
    private static final int RESET_WATCHES = 21;

    private static final String HOME = "/local/domain/" + Domain.ID;
    private static final String OK = "OK\0";

    private record Watch(String path, String token) {}

    private final PhysicalMemory memory;
    private final EventChannels events;
    private final long base;
    private final TreeMap<String, String> nodes = new TreeMap<>();
    private final List<Watch> watches = new ArrayList<>();
    private final StringBuilder received = new StringBuilder();
    private final StringBuilder pending = new StringBuilder();
    private int transactions;

    Xenstore(PhysicalMemory memory, EventChannels events, long base, long memoryKilobytes) {
        this.memory = memory;
        this.events = events;
        this.base = base;
        nodes.put("", "");
        put(HOME + "/name", "guest");
        put(HOME + "/domid", Integer.toString(Domain.ID));
        put(HOME + "/memory/target", Long.toString(memoryKilobytes));
        put(HOME + "/memory/static-max", Long.toString(memoryKilobytes));
    }

    private void put(String path, String value) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            nodes.putIfAbsent(path.substring(0, slash), "");
        }
        nodes.put(path, value);
    }

    /** The guest has sent on the store's port: takes what is in the ring and answers all complete requests. */
    void notified(int port) {
        int cons = memory.readInt(base + REQ_CONS);
        int prod = memory.readInt(base + REQ_PROD);
        if (prod - cons < 0 || prod - cons > SIZE) {
            return;
        }
        boolean taken = cons != prod;
        // Also the beginning of a request must leave the ring: the guest sends again only where it was empty.
        for (; cons != prod; cons++) {
            received.append((char) memory.read(base + REQUESTS + (cons & SIZE - 1), 1));
        }
        memory.writeInt(base + REQ_CONS, cons);
        while (received.length() >= HEADER && received.length() >= HEADER + word(12)) {
            int length = word(12);
            String payload = received.substring(HEADER, HEADER + length);
            int type = word(0);
            int request = word(4);
            int transaction = word(8);
            received.delete(0, HEADER + length);
            answer(type, request, transaction, payload);
        }
        if (flush() || taken) {
            events.raise(port);
        }
    }

    /** A word of the first request's header. */
    private int word(int at) {
        int value = 0;
        for (int i = 3; i >= 0; i--) {
            value = value << 8 | received.charAt(at + i);
        }
        return value;
    }

    private void answer(int type, int request, int transaction, String payload) {
        String[] parts = payload.split("\0", -1);
        String path = absolute(parts[0]);
        switch (type) {
            case READ -> {
                String value = nodes.get(path);
                reply(value == null ? ERROR : READ, request, transaction, value == null ? "ENOENT\0" : value);
            }
            case DIRECTORY -> {
                boolean there = nodes.containsKey(path);
                reply(there ? DIRECTORY : ERROR, request, transaction, there ? children(path) : "ENOENT\0");
            }
            case WRITE -> {
                put(path, parts.length > 1 ? payload.substring(parts[0].length() + 1) : "");
                reply(WRITE, request, transaction, OK);
                fire(path);
            }
            case MKDIR -> {
                if (!nodes.containsKey(path)) {
                    put(path, "");
                }
                reply(MKDIR, request, transaction, OK);
                fire(path);
            }
            case RM -> {
                nodes.keySet().removeIf(node -> node.equals(path) || node.startsWith(path + "/"));
                reply(RM, request, transaction, OK);
                fire(path);
            }
            case GET_PERMS -> reply(GET_PERMS, request, transaction, "n" + Domain.ID + "\0");
            case SET_PERMS -> reply(SET_PERMS, request, transaction, OK);
            case GET_DOMAIN_PATH -> reply(type, request, transaction, "/local/domain/" + parts[0] + "\0");
            case TRANSACTION_START -> reply(type, request, transaction, ++transactions + "\0");
            case TRANSACTION_END -> reply(type, request, transaction, OK);
            case WATCH -> {
                Watch watch = new Watch(parts[0], parts.length > 1 ? parts[1] : "");
                watches.add(watch);
                reply(WATCH, request, transaction, OK);
                // A watch fires once when it is set (docs/misc/xenstore.txt).
                reply(WATCH_EVENT, 0, 0, watch.path + "\0" + watch.token + "\0");
            }
            case UNWATCH -> {
                watches.remove(new Watch(parts[0], parts.length > 1 ? parts[1] : ""));
                reply(UNWATCH, request, transaction, OK);
            }
            case RESET_WATCHES -> {
                watches.clear();
                reply(RESET_WATCHES, request, transaction, OK);
            }
            default -> reply(ERROR, request, transaction, "ENOSYS\0");
        }
    }

    private static String absolute(String path) {
        String full = path.startsWith("/") ? path : HOME + "/" + path;
        return full.endsWith("/") ? full.substring(0, full.length() - 1) : full;
    }

    private String children(String path) {
        TreeSet<String> names = new TreeSet<>();
        String prefix = path + "/";
        for (String node : nodes.tailMap(prefix, false).keySet()) {
            if (!node.startsWith(prefix)) {
                break;
            }
            String rest = node.substring(prefix.length());
            names.add(rest.contains("/") ? rest.substring(0, rest.indexOf('/')) : rest);
        }
        StringBuilder list = new StringBuilder();
        names.forEach(name -> list.append(name).append('\0'));
        return list.toString();
    }

    private void fire(String path) {
        for (Watch watch : watches) {
            String watched = absolute(watch.path);
            if (path.equals(watched) || path.startsWith(watched + "/")) {
                String seen = watch.path.startsWith("/") ? path : path.substring(HOME.length() + 1);
                reply(WATCH_EVENT, 0, 0, seen + "\0" + watch.token + "\0");
            }
        }
    }

    private void reply(int type, int request, int transaction, String payload) {
        for (int word : new int[] {type, request, transaction, payload.length()}) {
            for (int i = 0; i < 4; i++) {
                pending.append((char) (word >>> 8 * i & 0xff));
            }
        }
        pending.append(payload);
    }

    /** Puts as much of the replies into the ring as fits; the guest sends again when it has made room. */
    private boolean flush() {
        int cons = memory.readInt(base + RSP_CONS);
        int prod = memory.readInt(base + RSP_PROD);
        int room = Math.min(SIZE - (prod - cons), pending.length());
        for (int i = 0; i < room; i++) {
            memory.write(base + REPLIES + (prod + i & SIZE - 1), 1, pending.charAt(i));
        }
        pending.delete(0, room);
        memory.writeInt(base + RSP_PROD, prod + room);
        return room > 0;
    }
}
