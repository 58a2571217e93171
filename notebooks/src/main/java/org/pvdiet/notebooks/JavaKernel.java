package org.pvdiet.notebooks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.JShellException;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.VarSnippet;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.common.Image;
import org.zeromq.ZMQException;

/**
 * Evaluates cells with JShell in this process, so that what is on its class path is there for them. The value of a cell is
 * that of its last expression; a picture is shown as one. It has JJava's name, {@code java}, and none of its magics.
 */
public final class JavaKernel extends BaseKernel {
    private static Object value;

    private final JShell shell;

    private JavaKernel() {
        shell = JShell.builder().executionEngine("local").build();
        shell.addToClasspath(System.getProperty("java.class.path"));
        Image.registerAll(getRenderer());
    }

    /** Serves the connection that the file names. */
    public static void main(String[] arguments) throws Exception {
        JupyterConnection connection =
                new JupyterConnection(KernelConnectionProperties.parse(Files.readString(Path.of(arguments[0]))));
        new JavaKernel().becomeHandlerForConnection(connection);
        try {
            connection.connect();
        } catch (ZMQException taken) {
            // Jupyter chooses ports that are free and lets go of them; without an end it would wait for this process.
            System.err.println(
                    "The port that Jupyter chose is taken by now (" + taken.getMessage() + "); run it again.");
            System.exit(1);
        }
        connection.waitUntilClose();
        // A library may have left a thread behind.
        System.exit(0);
    }

    /** Hands the value of an expression over from the code that JShell made. */
    public static void take(Object result) {
        value = result;
    }

    @Override
    public DisplayData eval(String cell) throws JShellException {
        String rest = cell;
        SnippetEvent last = null;
        while (!rest.isBlank()) {
            SourceCodeAnalysis.CompletionInfo next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            last = run(next.source() == null ? rest : next.source());
            rest = next.remaining();
        }
        if (last == null || !isUnnamedExpression(last.snippet())) {
            return null;
        }
        run(JavaKernel.class.getName() + ".take(" + ((VarSnippet) last.snippet()).name() + ");");
        return value == null ? null : getRenderer().render(value);
    }

    private static boolean isUnnamedExpression(Snippet snippet) {
        return snippet.subKind() == Snippet.SubKind.TEMP_VAR_EXPRESSION_SUBKIND;
    }

    private SnippetEvent run(String source) throws JShellException {
        List<SnippetEvent> events = shell.eval(source);
        for (SnippetEvent event : events) {
            if (event.exception() instanceof EvalException thrown) {
                throw new IllegalStateException(thrown.getExceptionClassName() + ": " + thrown.getMessage(), thrown);
            }
            if (event.exception() != null) {
                throw event.exception();
            }
            if (event.status() == Snippet.Status.REJECTED) {
                throw new IllegalArgumentException(shell.diagnostics(event.snippet())
                        .map(problem -> problem.getMessage(Locale.ROOT))
                        .collect(Collectors.joining("\n", "", "\nin: " + source)));
            }
        }
        return events.get(events.size() - 1);
    }

    @Override
    public LanguageInfo getLanguageInfo() {
        return new LanguageInfo.Builder("Java")
                .version(Runtime.version().toString())
                .mimetype("text/x-java-source")
                .fileExtension(".jshell")
                .pygments("java")
                .codemirror("java")
                .build();
    }
}
