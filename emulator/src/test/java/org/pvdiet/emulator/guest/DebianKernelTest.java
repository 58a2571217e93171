package org.pvdiet.emulator.guest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DebianKernelTest {
    @Test
    void whatIsInTheCacheIsNotFetchedAgain() throws Exception {
        Path first = StockKernels.path(StockKernels.CLOUD);
        List<String> log = new ArrayList<>();
        assertEquals(first, new DebianKernel(log::add).download(StockKernels.CLOUD));
        assertEquals(List.of(), log);
    }

    @Test
    void theImageIsTheOneThatDpkgFindsInThePackage() throws Exception {
        Path image = StockKernels.path(StockKernels.CLOUD);
        Path deb = Path.of(image.getParent() + ".deb");
        byte[] expected = Tool.output(
                "sh", "-c", "dpkg-deb --fsys-tarfile '" + deb + "' | tar -xO ./boot/" + image.getFileName());
        assertTrue(expected.length > 1 << 20, "dpkg-deb gave " + expected.length + " bytes");
        assertArrayEquals(expected, Files.readAllBytes(image));
    }
}
