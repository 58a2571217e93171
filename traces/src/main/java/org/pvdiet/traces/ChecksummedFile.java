package org.pvdiet.traces;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;

/** A new file that knows its length and CRC-32C while it is written. */
final class ChecksummedFile implements OutputFile {
    private static final int BUFFER_BYTES = 1 << 16;

    private final Path path;
    private final CRC32C checksum = new CRC32C();
    private long length;
    private Stream stream;

    ChecksummedFile(Path path) {
        this.path = path;
    }

    /** Bytes written so far. */
    long length() {
        return length;
    }

    /** Checksum of what was written so far. */
    long checksum() {
        return checksum.getValue();
    }

    @Override
    public PositionOutputStream create(long blockSizeHint) throws IOException {
        stream = new Stream(Files.newOutputStream(path));
        return stream;
    }

    /** Closes the file if it was created and is not closed. */
    void close() throws IOException {
        if (stream != null) {
            stream.close();
        }
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) throws IOException {
        return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
        return false;
    }

    @Override
    public long defaultBlockSize() {
        return 0;
    }

    @Override
    public String getPath() {
        return path.toString();
    }

    private final class Stream extends PositionOutputStream {
        private final OutputStream out;
        private final byte[] buffer = new byte[BUFFER_BYTES];
        private int buffered;

        Stream(OutputStream out) {
            this.out = out;
        }

        @Override
        public long getPos() {
            return length;
        }

        @Override
        public void write(int b) throws IOException {
            if (buffered == buffer.length) {
                flush();
            }
            buffer[buffered++] = (byte) b;
            length++;
        }

        @Override
        public void write(byte[] bytes, int offset, int count) throws IOException {
            if (count > buffer.length - buffered) {
                flush();
            }
            length += count;
            if (count >= buffer.length) {
                checksum.update(bytes, offset, count);
                out.write(bytes, offset, count);
            } else {
                System.arraycopy(bytes, offset, buffer, buffered, count);
                buffered += count;
            }
        }

        @Override
        public void flush() throws IOException {
            checksum.update(buffer, 0, buffered);
            out.write(buffer, 0, buffered);
            buffered = 0;
        }

        @Override
        public void close() throws IOException {
            try (out) {
                flush();
            }
        }
    }
}
