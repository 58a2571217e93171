package org.pvdiet.traces;

import java.util.Optional;

/**
 * A place in the kernel's text that invokes a hook.
 *
 * @param id number of the site, from 0
 * @param address of its first byte
 * @param length bytes; a call ends at address + length
 * @param hook the hook's id
 * @param symbol the function it is in, as {@code name+0xoffset}
 * @param listed in the kernel's own table of sites; else found by a scan of the text
 * @param form what it was in the end, where known
 * @param originalBytes bytes in the image, as lower-case hexadecimal digits
 * @param finalBytes the same at the end of the run, where known
 * @param codeBefore the last instructions before it in its function, one a line, where known
 * @param codeAfter the first instructions after it, likewise
 */
public record Site(
        int id,
        long address,
        int length,
        int hook,
        Optional<String> symbol,
        boolean listed,
        Optional<SiteForm> form,
        String originalBytes,
        Optional<String> finalBytes,
        Optional<String> codeBefore,
        Optional<String> codeAfter) {}
