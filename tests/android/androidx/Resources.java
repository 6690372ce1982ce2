import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.tools.ToolProvider;

/**
 * `Resources APP PACKAGE ANDROID TARGET ARCHIVES…`: what Gradle makes of an app's resources and those
 * of its libraries, so that Robolectric can run it: a table, a manifest, and the classes called R.
 */
final class Resources {
    private static final Pattern PACKAGE = Pattern.compile("package=\"([^\"]+)\"");

    private final Path target;
    private final List<String> compiled = new ArrayList<>();
    private final TreeSet<String> packages = new TreeSet<>();

    private Resources(Path target) {
        this.target = target;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Resources resources = new Resources(Files.createDirectories(Path.of(args[3])));
        for (int i = 4; i < args.length; i++) {
            for (Path archive : list(Path.of(args[i]), ".aar")) resources.addLibrary(archive);
        }
        if (resources.packages.isEmpty()) throw new IOException("no resources in any AAR");
        Path app = Path.of(args[0]);
        resources.compile("app", app.resolve("res"));
        resources.link(app.resolve("AndroidManifest.xml"), args[1], Path.of(args[2]));
    }

    private void addLibrary(Path archive) throws IOException, InterruptedException {
        Path folder = target.resolve("libraries").resolve(archive.getFileName());
        try (ZipFile aar = new ZipFile(archive.toFile())) {
            ZipEntry symbols = aar.getEntry("R.txt");
            if (symbols == null || symbols.getSize() == 0) return;
            Matcher name = PACKAGE.matcher(text(aar, "AndroidManifest.xml"));
            if (!name.find()) throw new IOException(archive + " has no package");
            packages.add(name.group(1));
            Enumeration<? extends ZipEntry> entries = aar.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                if (!entry.getName().startsWith("res/") || entry.isDirectory()) continue;
                Path file = folder.resolve(entry.getName()).normalize();
                if (!file.startsWith(folder)) continue;
                Files.createDirectories(file.getParent());
                Files.write(file, resource(aar, entry));
            }
        }
        if (Files.isDirectory(folder)) compile(archive.getFileName().toString(), folder.resolve("res"));
    }

    /** Debian's aapt2 is of Android 10, and knows no attribute that came later. One there is. */
    private static byte[] resource(ZipFile aar, ZipEntry entry) throws IOException {
        try (InputStream in = aar.getInputStream(entry)) {
            byte[] bytes = in.readAllBytes();
            if (!entry.getName().equals("res/values/values.xml")) return bytes;
            String values = new String(bytes, UTF_8).replaceAll("<attr name=\"android:lStar\"\\s*/>", "");
            return values.getBytes(UTF_8);
        }
    }

    private void compile(String name, Path resources) throws IOException, InterruptedException {
        String zip = target.resolve(name + ".zip").toString();
        run(List.of("aapt2", "compile", "--dir", resources.toString(), "-o", zip));
        compiled.add(zip);
    }

    private void link(Path manifest, String name, Path android) throws IOException, InterruptedException {
        Path merged = target.resolve("AndroidManifest.xml");
        // The name is in the Gradle script, and the activity is in a library for tests.
        Files.writeString(merged, Files.readString(manifest)
            .replace("<manifest ", "<manifest package=\"" + name + "\" ")
            .replace("</application>", "<activity android:name=\"androidx.activity.ComponentActivity\" "
                + "android:exported=\"true\"/></application>"));
        Path apk = target.resolve("app.apk"), java = target.resolve("java");
        List<String> command = new ArrayList<>(List.of(
            "aapt2", "link", "-o", apk.toString(), "-I", android.toString(), "--manifest", merged.toString(),
            "--min-sdk-version", "24", "--target-sdk-version", "34", "--auto-add-overlay",
            "--java", java.toString(), "--extra-packages", String.join(":", packages)));
        for (String zip : compiled) command.addAll(List.of("-R", zip));
        run(command);
        Path classes = target.resolve("classes");
        Path config = Files.createDirectories(classes.resolve("com/android/tools"));
        List<String> sources = new ArrayList<>(List.of("-nowarn", "-d", classes.toString()));
        for (Path source : list(java, "R.java")) sources.add(source.toString());
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, sources.toArray(String[]::new)) != 0) {
            throw new IOException("the classes R do not compile");
        }
        // Where Robolectric looks for what it is to run.
        Files.writeString(config.resolve("test_config.properties"), String.join("\n",
            "android_resource_apk=" + apk,
            "android_merged_manifest=" + merged,
            "android_custom_package=" + name));
    }

    private static List<Path> list(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(ending)).sorted().collect(Collectors.toList());
        }
    }

    private static String text(ZipFile aar, String name) throws IOException {
        try (InputStream in = aar.getInputStream(aar.getEntry(name))) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    private static void run(List<String> command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).inheritIO().start();
        } catch (IOException e) {
            throw new IOException(command.get(0) + " is lacking; Debian has it: apt-get install aapt", e);
        }
        if (process.waitFor() != 0) throw new IOException(String.join(" ", command) + " failed");
    }
}
