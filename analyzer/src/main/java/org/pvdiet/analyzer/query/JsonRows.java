package org.pvdiet.analyzer.query;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.IOException;
import java.io.Writer;
import java.util.List;

/** An array of objects, one to a line. Integers are written in full, beyond 2^53 too. */
final class JsonRows implements RowWriter {
    private final JsonGenerator json;
    private final List<ResultColumn> columns;

    JsonRows(Writer out, List<ResultColumn> columns) throws IOException {
        this.columns = columns;
        json = new JsonFactory().createGenerator(out);
        json.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json.setPrettyPrinter(new OneToALine());
        json.writeStartArray();
    }

    @Override
    public void row(List<String> values) throws IOException {
        json.writeStartObject();
        for (int i = 0; i < values.size(); i++) {
            json.writeFieldName(columns.get(i).name());
            value(columns.get(i).kind(), values.get(i));
        }
        json.writeEndObject();
    }

    private void value(ResultColumn.Kind kind, String value) throws IOException {
        if (value == null) {
            json.writeNull();
        } else if (kind == ResultColumn.Kind.BOOLEAN) {
            json.writeBoolean(Boolean.parseBoolean(value));
        } else if (kind == ResultColumn.Kind.NUMBER && !value.startsWith("NaN") && !value.endsWith("Infinity")) {
            json.writeNumber(value);
        } else {
            // JSON has no words for what is no number.
            json.writeString(value);
        }
    }

    @Override
    public void end() throws IOException {
        json.writeEndArray();
        json.writeRaw('\n');
        json.flush();
    }

    private static final class OneToALine extends MinimalPrettyPrinter {
        private static final long serialVersionUID = 1L;

        @Override
        public void beforeArrayValues(JsonGenerator generator) throws IOException {
            generator.writeRaw('\n');
        }

        @Override
        public void writeArrayValueSeparator(JsonGenerator generator) throws IOException {
            generator.writeRaw(",\n");
        }

        @Override
        public void writeEndArray(JsonGenerator generator, int values) throws IOException {
            generator.writeRaw(values == 0 ? "]" : "\n]");
        }
    }
}
