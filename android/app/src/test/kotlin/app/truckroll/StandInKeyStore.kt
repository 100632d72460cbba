package app.truckroll

import android.security.keystore.KeyGenParameterSpec
import java.io.InputStream
import java.io.OutputStream
import java.security.Key
import java.security.KeyPair
import java.security.KeyPairGenerator
import java.security.KeyPairGeneratorSpi
import java.security.KeyStoreSpi
import java.security.Provider
import java.security.PublicKey
import java.security.SecureRandom
import java.security.cert.Certificate
import java.security.spec.AlgorithmParameterSpec
import java.util.Collections
import java.util.Date
import java.util.Enumeration
import javax.crypto.KeyGenerator
import javax.crypto.KeyGeneratorSpi
import javax.crypto.SecretKey

/** Stands for a phone's key hardware, behind the name that Android gives it: keys in memory, by alias. */
class StandInKeyStore : Provider(NAME, "1", "keys in memory") {
    init {
        held.clear()
        put("KeyStore.$NAME", Store::class.java.name)
        put("KeyPairGenerator.EC", Pairs::class.java.name)
        put("KeyGenerator.AES", Secrets::class.java.name)
    }

    /** One alias: a key, and its public half if it has one. */
    private class Entry(val key: Key, val public: PublicKey?)

    /** The keys that were made. */
    class Store : KeyStoreSpi() {
        override fun engineGetKey(alias: String, password: CharArray?): Key? = held[alias]?.key
        override fun engineGetCertificate(alias: String): Certificate? = held[alias]?.public?.let(::Bare)
        override fun engineDeleteEntry(alias: String) { held.remove(alias) }
        override fun engineAliases(): Enumeration<String> = Collections.enumeration(held.keys)
        override fun engineContainsAlias(alias: String) = alias in held
        override fun engineSize() = held.size
        override fun engineIsKeyEntry(alias: String) = alias in held
        override fun engineIsCertificateEntry(alias: String) = false
        override fun engineLoad(stream: InputStream?, password: CharArray?) = Unit
        override fun engineStore(stream: OutputStream?, password: CharArray?) = Unit
        override fun engineGetCertificateChain(alias: String): Array<Certificate>? = engineGetCertificate(alias)?.let { arrayOf(it) }
        override fun engineGetCreationDate(alias: String): Date? = null
        override fun engineGetCertificateAlias(certificate: Certificate): String? = null
        override fun engineSetKeyEntry(alias: String, key: Key, password: CharArray?, chain: Array<Certificate>?) = unsupported()
        override fun engineSetKeyEntry(alias: String, key: ByteArray, chain: Array<Certificate>?) = unsupported()
        override fun engineSetCertificateEntry(alias: String, certificate: Certificate) = unsupported()

        private fun unsupported(): Nothing = throw UnsupportedOperationException("keys never come from outside")
    }

    /** Makes key pairs on the curve that is asked for. */
    class Pairs : KeyPairGeneratorSpi() {
        private lateinit var wanted: KeyGenParameterSpec

        override fun initialize(spec: AlgorithmParameterSpec, random: SecureRandom?) { wanted = spec as KeyGenParameterSpec }
        override fun initialize(bits: Int, random: SecureRandom?) = throw UnsupportedOperationException("a curve, by its name")
        override fun generateKeyPair(): KeyPair = KeyPairGenerator.getInstance("EC").run {
            initialize(wanted.algorithmParameterSpec)
            generateKeyPair()
        }.also { held[wanted.keystoreAlias] = Entry(it.private, it.public) }
    }

    /** Makes AES keys. */
    class Secrets : KeyGeneratorSpi() {
        private lateinit var wanted: KeyGenParameterSpec

        override fun engineInit(spec: AlgorithmParameterSpec, random: SecureRandom?) { wanted = spec as KeyGenParameterSpec }
        override fun engineInit(random: SecureRandom?) = Unit
        override fun engineInit(bits: Int, random: SecureRandom?) = Unit
        override fun engineGenerateKey(): SecretKey = KeyGenerator.getInstance("AES", "SunJCE").run {
            init(AES_BITS)
            generateKey()
        }.also { held[wanted.keystoreAlias] = Entry(it, null) }
    }

    /** A certificate that is only its key. */
    private class Bare(private val key: PublicKey) : Certificate("bare") {
        override fun getPublicKey() = key
        override fun getEncoded(): ByteArray = key.encoded
        override fun verify(by: PublicKey) = Unit
        override fun verify(by: PublicKey, provider: String) = Unit
        override fun toString() = "bare"
    }

    companion object {
        const val NAME = "AndroidKeyStore"
        private const val AES_BITS = 256
        private val held = mutableMapOf<String, Entry>()

        /** The one certificate that there is. */
        fun certificate(): Certificate = Bare(checkNotNull(held.values.single { it.public != null }.public))
    }
}
