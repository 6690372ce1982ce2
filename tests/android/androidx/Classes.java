import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** `Classes ARCHIVES TARGET`: lays the classes of all AARs in a folder into another one. */
final class Classes {
    public static void main(String[] args) throws IOException {
        Path target = Path.of(args[1]);
        int count = 0;
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(Path.of(args[0]), "*.aar")) {
            for (Path archive : archives) {
                unpack(archive, target);
                count++;
            }
        }
        if (count == 0) throw new IOException("no AAR in " + args[0]);
    }

    private static void unpack(Path archive, Path target) throws IOException {
        try (ZipFile aar = new ZipFile(archive.toFile());
             InputStream bytes = aar.getInputStream(aar.getEntry("classes.jar"));
             ZipInputStream jar = new ZipInputStream(bytes)) {
            for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
                Path file = target.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !file.startsWith(target)) continue;
                Files.createDirectories(file.getParent());
                Files.copy(jar, file, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }
}
