import com.android.apksig.ApkSigner;
import com.android.apksig.ApkVerifier;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Puts resources, dex and native libraries into an APK, and aligns, signs and verifies it:
 * {@code java -cp apksig.jar Package.java RESOURCES DEX_FOLDER LIB_FOLDER KEYSTORE ALIAS MIN_SDK APK}. The keystore's password is
 * in KEYSTORE_PASSWORD.
 */
public class Package {
    /** Phones with 16 KB pages map libraries right out of the APK. */
    private static final int PAGE_BYTES = 16384;

    public static void main(String[] arguments) throws Exception {
        Path resources = Path.of(arguments[0]), dex = Path.of(arguments[1]), libraries = Path.of(arguments[2]);
        int minSdk = Integer.parseInt(arguments[5]);
        Path apk = Path.of(arguments[6]);
        Path unsigned = Files.createTempFile(apk.toAbsolutePath().getParent(), "unsigned", ".apk");
        try {
            gather(unsigned, resources, dex, libraries);
            sign(unsigned, apk, Path.of(arguments[3]), arguments[4], minSdk);
        } finally {
            Files.delete(unsigned);
        }
        var seen = new ApkVerifier.Builder(apk.toFile()).build().verify();
        if (!seen.isVerified() || !seen.isVerifiedUsingV2Scheme()) throw new IllegalStateException("not verified: " + seen.getAllErrors());
        System.out.printf("%s: %.1f MB, signed (v2 %s, v3 %s), verified%n", apk, Files.size(apk) / 1e6,
                seen.isVerifiedUsingV2Scheme(), seen.isVerifiedUsingV3Scheme());
    }

    private static void gather(Path apk, Path resources, Path dex, Path libraries) throws IOException {
        try (var out = new ZipOutputStream(Files.newOutputStream(apk)); var linked = new ZipFile(resources.toFile())) {
            for (var entries = linked.entries(); entries.hasMoreElements(); ) {
                ZipEntry entry = entries.nextElement();
                try (InputStream in = linked.getInputStream(entry)) {
                    // Android reads what aapt2 left uncompressed (the resource table) right out of the archive.
                    put(out, entry.getName(), in.readAllBytes(), entry.getMethod() == ZipEntry.STORED);
                }
            }
            for (Path file : files(dex)) if (file.toString().endsWith(".dex")) put(out, file.getFileName().toString(), Files.readAllBytes(file), false);
            for (Path file : files(libraries)) put(out, "lib/" + libraries.relativize(file), Files.readAllBytes(file), true);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            return all.filter(Files::isRegularFile).sorted().toList();
        }
    }

    private static void put(ZipOutputStream out, String name, byte[] bytes, boolean stored) throws IOException {
        var entry = new ZipEntry(name);
        // The same input makes the same APK.
        entry.setTime(315_619_200_000L);
        if (stored) {
            var sum = new CRC32();
            sum.update(bytes);
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(bytes.length);
            entry.setCrc(sum.getValue());
        }
        out.putNextEntry(entry);
        out.write(bytes);
        out.closeEntry();
    }

    private static void sign(Path unsigned, Path apk, Path keystore, String alias, int minSdk) throws Exception {
        char[] password = System.getenv("KEYSTORE_PASSWORD").toCharArray();
        var keys = KeyStore.getInstance(keystore.toFile(), password);
        var chain = List.of(keys.getCertificateChain(alias)).stream().map(X509Certificate.class::cast).toList();
        var signer = new ApkSigner.SignerConfig.Builder(alias, (PrivateKey) keys.getKey(alias, password), chain).build();
        new ApkSigner.Builder(List.of(signer)).setInputApk(unsigned.toFile()).setOutputApk(apk.toFile()).setMinSdkVersion(minSdk)
                .setAlignFileSize(true).setLibraryPageAlignmentBytes(PAGE_BYTES).build().sign();
    }
}
