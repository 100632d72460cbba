package app.truckroll.engine

import org.junit.Test

class LibraryTest {
    /** Throws if the library isn't found, or if it isn't the one that this Kotlin was generated from. */
    @Test fun `the library loads, and every checksum is the generated code's`() {
        uniffiEnsureInitialized()
        app.truckroll.core.uniffiEnsureInitialized()
    }
}
