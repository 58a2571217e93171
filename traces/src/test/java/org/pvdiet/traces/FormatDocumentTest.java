package org.pvdiet.traces;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Ascii;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** FORMAT.md says what the code does. */
class FormatDocumentTest {
    private static final Path DOCUMENT = Path.of("FORMAT.md");
    private static final String TABLES = "## Tables\n\n";

    @Test
    void listsTheColumnsAsTheSchemaHasThem() throws IOException {
        String text = Files.readString(DOCUMENT);
        assertEquals(
                TraceSchema.markdown().strip(),
                text.substring(text.indexOf(TABLES) + TABLES.length()).strip(),
                "replace what follows \"## Tables\" in FORMAT.md by what TraceSchema.markdown() prints");
    }

    @Test
    void explainsAllKindsAndOutcomes() throws IOException {
        String text = Files.readString(DOCUMENT);
        String explained = text.substring(0, text.indexOf(TABLES));
        for (EffectKind kind : EffectKind.values()) {
            assertTrue(explained.contains(Ascii.toLowerCase(kind.name())), kind::name);
        }
        for (Outcome outcome : Outcome.values()) {
            assertTrue(explained.contains("| " + Ascii.toLowerCase(outcome.name()) + " |"), outcome::name);
        }
        for (EffectOutcome outcome : EffectOutcome.values()) {
            assertTrue(explained.contains("`" + Ascii.toLowerCase(outcome.name()) + "`"), outcome::name);
        }
    }
}
