import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jetbrains.kotlin.abi.tools.AbiFilters;
import org.jetbrains.kotlin.abi.tools.AbiTools;

/** Prints the public API of the class files below a folder. scripts/kotlin-lint runs it as it is. */
final class ApiDump {
    public static void main(String[] arguments) throws IOException {
        List<File> classes;
        try (var files = Files.walk(Path.of(arguments[0]))) {
            classes = files.filter(file -> file.toString().endsWith(".class"))
                .sorted()
                .map(Path::toFile)
                .toList();
        }
        var dump = new StringBuilder();
        AbiTools.Companion.getInstance(ApiDump.class.getClassLoader())
            .printJvmDump(dump, classes, AbiFilters.Companion.getEMPTY());
        System.out.print(dump);
    }
}
