import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * `Snippets GUIDE TARGET`: writes every block of Kotlin and Java in a guide to a file, as it stands.
 * Whoever copies one gets what was compiled.
 */
final class Snippets {
    private static final Pattern BLOCK =
        Pattern.compile("^```(kotlin|java)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern JAVA_CLASS = Pattern.compile("\\bclass (\\w+)");

    public static void main(String[] args) throws IOException {
        Path target = Path.of(args[1]);
        Matcher block = BLOCK.matcher(Files.readString(Path.of(args[0])));
        int count = 0;
        while (block.find()) {
            count++;
            Path folder = Files.createDirectories(target.resolve(block.group(1)));
            Files.writeString(folder.resolve(name(block.group(1), block.group(2), count)), block.group(2));
        }
        if (count == 0) throw new IOException("no Kotlin and no Java in " + args[0]);
        System.out.println(count + " snippets of " + args[0]);
    }

    private static String name(String language, String code, int number) throws IOException {
        if (language.equals("kotlin")) return "Snippet" + number + ".kt";
        Matcher name = JAVA_CLASS.matcher(code);
        if (!name.find()) throw new IOException("snippet " + number + " has no class");
        return name.group(1) + ".java";
    }
}
