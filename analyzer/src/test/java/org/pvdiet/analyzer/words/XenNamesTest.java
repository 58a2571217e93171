package org.pvdiet.analyzer.words;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XenNamesTest {
    private static final Path HEADERS = Path.of("/usr/include/xen");
    private static final Pattern DEFINITION = Pattern.compile(
            "^[ \\t]*#[ \\t]*define[ \\t]+(\\w+)[ \\t]+\\(?(\\d+)\\)?(?:[ \\t].*)?$", Pattern.MULTILINE);

    @ParameterizedTest
    @CsvSource({
        "26, 3, MMUEXT_PIN_L4_TABLE",
        "26, 15, MMUEXT_NEW_USER_BASEPTR",
        "26, 14, 14",
        "29, 1, SCHEDOP_block",
        "25, 3, SEGBASE_GS_USER_SEL"
    })
    void operations(long hypercall, long command, String name) {
        assertEquals(name, XenNames.operation(hypercall, command));
    }

    @Test
    void hypercalls() {
        assertEquals("sched_op(SCHEDOP_block)", XenNames.hypercall(29, 1));
        assertEquals("mmuext_op", XenNames.hypercall(26, 0xffffffff82000000L));
        assertEquals("set_debugreg(DR7)", XenNames.hypercall(8, 7));
    }

    /** UVMF_INVLPG is 2, UVMF_ALL 4; a greater number is the address of a bit map. */
    @Test
    void flagsOfUpdateVaMapping() {
        assertEquals(Optional.of("UVMF_NONE"), XenNames.argument(14, 2, 0));
        assertEquals(Optional.of("UVMF_INVLPG|UVMF_ALL"), XenNames.argument(14, 2, 6));
        assertEquals(Optional.empty(), XenNames.argument(14, 2, 0xffff888000001002L));
        assertEquals(Optional.of("DOMID_SELF"), XenNames.argument(26, 3, 0x7ff0));
    }

    /** Debian's libxen-dev, where it is installed. */
    @Test
    void namesAreThoseOfTheHeaders() throws IOException {
        // The folder itself is linux-libc-dev's, too.
        assumeTrue(Files.exists(HEADERS.resolve("xen.h")), "libxen-dev is not installed");
        Map<String, Long> defined = new HashMap<>();
        for (String header : List.of(
                "xen.h",
                "sched.h",
                "vcpu.h",
                "event_channel.h",
                "memory.h",
                "version.h",
                "grant_table.h",
                "physdev.h",
                "callback.h",
                "arch-x86/xen-x86_64.h")) {
            Matcher definition = DEFINITION.matcher(Files.readString(HEADERS.resolve(header)));
            while (definition.find()) {
                defined.put(definition.group(1), Long.parseLong(definition.group(2)));
            }
        }
        int named = 0;
        for (int hypercall = 0; hypercall < 64; hypercall++) {
            String name = XenNames.hypercall(hypercall, -1).replaceAll("\\(.*", "");
            if (defined.containsKey("__HYPERVISOR_" + name)) {
                assertEquals(hypercall, defined.get("__HYPERVISOR_" + name), name);
                named++;
            }
            for (int command = 0; command < 32; command++) {
                String operation = XenNames.operation(hypercall, command);
                if (!operation.equals(Integer.toString(command))) {
                    assertEquals(command, defined.get(operation), operation);
                    named++;
                }
            }
        }
        assertTrue(named > 130, "only " + named);
    }
}
