package org.pvdiet.analyzer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Headless Chromium, driven through chromedriver by the WebDriver protocol (w3.org/TR/webdriver2). */
final class Browser implements AutoCloseable {
    static final String ENTER = "\uE007";
    static final String TAB = "\uE004";
    static final String ESCAPE = "\uE00C";

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
    private static final List<String> ARGUMENTS = List.of(
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--window-size=1366,768");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final String server;
    private String session = "";

    private Browser(Process driver, String server) {
        this.driver = driver;
        this.server = server;
    }

    /** Where chromedriver is, if it is installed. */
    static Optional<Path> driver() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "chromedriver"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts a browser whose profile is the new directory {@code profile}. */
    static Browser start(Path driver, Path profile) throws IOException {
        Process process = new ProcessBuilder(driver.toString(), "--port=0")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher port = PORT.matcher(line);
            if (port.find()) {
                Browser browser = new Browser(process, "http://127.0.0.1:" + port.group(1));
                browser.begin(profile);
                return browser;
            }
        }
        throw new IOException("chromedriver did not say on which port it listens");
    }

    private void begin(Path profile) {
        ObjectNode always = MAPPER.createObjectNode();
        ArrayNode arguments = always.put("browserName", "chrome")
                .putObject("goog:chromeOptions")
                .putArray("args");
        ARGUMENTS.forEach(arguments::add);
        arguments.add("--user-data-dir=" + profile);
        always.putObject("goog:loggingPrefs").put("browser", "ALL").put("performance", "ALL");
        ObjectNode body = MAPPER.createObjectNode();
        body.putObject("capabilities").set("alwaysMatch", always);
        session = "/session/" + post("/session", body).get("sessionId").asText();
    }

    void open(URI page) {
        post(session + "/url", MAPPER.createObjectNode().put("url", page.toString()));
    }

    /** Runs a script, the body of a function, in the page. */
    JsonNode script(String body) {
        ObjectNode request = MAPPER.createObjectNode().put("script", body);
        request.putArray("args");
        return post(session + "/execute/sync", request);
    }

    /** Waits until an expression is true in the page. */
    void await(String expression) {
        for (int i = 0; i < 200; i++) {
            if (script("return Boolean(" + expression + ")").asBoolean()) {
                return;
            }
            try {
                Thread.sleep(25);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new AssertionError(expression + " did not become true at " + script("return location.href"));
    }

    /** Presses and releases keys, one after the other, at what has the focus. */
    void press(String keys) {
        ObjectNode request = MAPPER.createObjectNode();
        ArrayNode actions = request.putArray("actions")
                .addObject()
                .put("type", "key")
                .put("id", "keyboard")
                .putArray("actions");
        for (String key : keys.split("", -1)) {
            if (!key.isEmpty()) {
                actions.addObject().put("type", "keyDown").put("value", key);
                actions.addObject().put("type", "keyUp").put("value", key);
            }
        }
        post(session + "/actions", request);
    }

    /** What the page, or the browser of it, has said since the last time. */
    List<String> console() {
        List<String> messages = new ArrayList<>();
        log("browser").forEach(entry -> messages.add(entry.get("message").asText()));
        return messages;
    }

    /** What was asked of the network, files included, since the last time. */
    List<String> requests() {
        List<String> urls = new ArrayList<>();
        for (JsonNode entry : log("performance")) {
            JsonNode message = json(entry.get("message").asText()).get("message");
            if (message.get("method").asText().equals("Network.requestWillBeSent")) {
                urls.add(message.get("params").get("request").get("url").asText());
            }
        }
        return urls;
    }

    private JsonNode log(String type) {
        return post(session + "/se/log", MAPPER.createObjectNode().put("type", type));
    }

    /** The page as a PDF, as it would be printed. */
    byte[] print() {
        return Base64.getDecoder()
                .decode(post(session + "/print", MAPPER.createObjectNode()).asText());
    }

    /** Has the page take the user for one who likes {@code light} or {@code dark} colours. */
    void colours(String scheme) {
        ObjectNode request = MAPPER.createObjectNode().put("cmd", "Emulation.setEmulatedMedia");
        request.putObject("params")
                .putArray("features")
                .addObject()
                .put("name", "prefers-color-scheme")
                .put("value", scheme);
        post(session + "/goog/cdp/execute", request);
    }

    private JsonNode post(String path, JsonNode body) {
        return ask(HttpRequest.newBuilder(URI.create(server + path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    }

    private JsonNode ask(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode value = json(response.body()).get("value");
            if (response.statusCode() != 200) {
                throw new AssertionError(request.uri() + ": " + value);
            }
            return value;
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    /** Ends the browser, then the driver. */
    @Override
    public void close() {
        try {
            if (!session.isEmpty()) {
                ask(HttpRequest.newBuilder(URI.create(server + session))
                        .DELETE()
                        .build());
            }
        } finally {
            driver.destroy();
        }
    }
}
