import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The two Android packaging steps that Maven lacks. Run as a single source file: {@code java Android.java STEP ARGUMENTS}. */
public class Android {
    private static final Pattern PACKAGE = Pattern.compile("package=\"([^\"]+)\"");

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "explode" -> explode(Path.of(arguments[1]), Path.of(arguments[2]), Path.of(arguments[3]));
            case "resources" -> resources(Path.of(arguments[1]), arguments[2], Path.of(arguments[3]), Path.of(arguments[4]),
                    Path.of(arguments[5]), Path.of(arguments[6]), arguments[7], arguments[8], arguments[9], arguments[10]);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    /** aars/*.aar becomes exploded/NAME/{AndroidManifest.xml, res, …}; the classes of each go into one folder. */
    private static void explode(Path aars, Path exploded, Path classes) throws IOException {
        // Unzipping 50 AARs takes seconds: skip it while the set is the same.
        Path stamp = exploded.resolve(".stamp");
        var names = new StringBuilder();
        var archives = children(aars, ".aar");
        for (Path archive : archives) names.append(archive.getFileName()).append(' ').append(Files.size(archive)).append('\n');
        if (Files.exists(stamp) && Files.readString(stamp).contentEquals(names) && Files.isDirectory(classes.resolve("androidx"))) return;

        Files.createDirectories(classes);
        for (Path archive : archives) {
            Path folder = exploded.resolve(archive.getFileName().toString().replaceFirst("\\.aar$", ""));
            unzip(Files.newInputStream(archive), folder);
            var jars = new ArrayList<Path>();
            if (Files.exists(folder.resolve("classes.jar"))) jars.add(folder.resolve("classes.jar"));
            if (Files.isDirectory(folder.resolve("libs"))) jars.addAll(children(folder.resolve("libs"), ".jar"));
            for (Path jar : jars) unzip(Files.newInputStream(jar), classes);
        }
        Files.writeString(stamp, names);
    }

    /** aapt2 compile and link: the app's resources.ap_, and R.java for the app's and every library's package. */
    private static void resources(Path aapt2, String framework, Path exploded, Path res, Path manifest, Path out,
                                  String minSdk, String targetSdk, String version, String namespace) throws Exception {
        if (!aapt2.toFile().setExecutable(true)) throw new IOException("cannot make executable: " + aapt2);
        Path flat = Files.createDirectories(out.resolve("flat"));
        Path generated = Files.createDirectories(out.resolve("r"));
        var packages = new TreeSet<String>();
        var overlays = new ArrayList<String>();
        for (Path library : children(exploded, "")) {
            if (!Files.isDirectory(library)) continue;
            var match = PACKAGE.matcher(Files.readString(library.resolve("AndroidManifest.xml")));
            if (match.find()) packages.add(match.group(1));
            if (Files.isDirectory(library.resolve("res"))) {
                Path zip = flat.resolve(library.getFileName() + ".zip");
                if (!Files.exists(zip)) run(List.of(aapt2.toString(), "compile", "--dir", library.resolve("res").toString(), "-o", zip.toString()));
                overlays.add(zip.toString());
            }
        }
        // Android's own build takes the package from outside of the manifest, aapt2 and Robolectric from inside.
        Path packaged = out.resolve("AndroidManifest.xml");
        Files.writeString(packaged, Files.readString(manifest).replaceFirst("<manifest", "<manifest package=\"" + namespace + "\""));

        Path own = flat.resolve("app.zip");
        run(List.of(aapt2.toString(), "compile", "--dir", res.toString(), "-o", own.toString()));
        overlays.add(own.toString());

        var link = new ArrayList<>(List.of(aapt2.toString(), "link", "-I", framework, "--manifest", packaged.toString(),
                "--java", generated.toString(), "-o", out.resolve("resources.ap_").toString(), "--auto-add-overlay", "--non-final-ids",
                "--proguard", out.resolve("manifest.pro").toString(),
                "--min-sdk-version", minSdk, "--target-sdk-version", targetSdk, "--version-code", "1", "--version-name", version,
                "--extra-packages", String.join(":", packages)));
        for (String overlay : overlays) {
            link.add("-R");
            link.add(overlay);
        }
        run(link);
    }

    private static List<Path> children(Path folder, String suffix) throws IOException {
        try (var list = Files.list(folder)) {
            return list.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
        }
    }

    private static void unzip(InputStream archive, Path folder) throws IOException {
        try (var zip = new ZipInputStream(new BufferedInputStream(archive))) {
            for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
                Path path = folder.resolve(entry.getName()).normalize();
                if (!path.startsWith(folder)) throw new IOException("an entry outside of its archive: " + entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                } else {
                    Files.createDirectories(path.getParent());
                    Files.copy(zip, path, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static void run(List<String> command) throws Exception {
        int code = new ProcessBuilder(command).inheritIO().start().waitFor();
        if (code != 0) throw new IllegalStateException("exit " + code + ": " + String.join(" ", command));
    }
}
