package app.truckroll.desktop

import app.truckroll.shell.content
import app.truckroll.shell.port.Panel
import app.truckroll.testing.Job
import app.truckroll.testing.Office
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.mapNotNull
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.Rule
import org.junit.Test
import org.junit.rules.TemporaryFolder
import kotlin.test.assertEquals
import kotlin.test.assertNull

/** The window as `cargo xtask demo --app` opens it: with a phone's folder, an office and a code. */
class WindowTest {
    @get:Rule val folder = TemporaryFolder()

    @Test fun `a window that is given a code is the technician's, and stays theirs when it opens again`() = runBlocking {
        Office.open().use { office ->
            office.send(Job())
            val first = openModel(folder.root, Panel())
            enrolFresh(first, office.url, office.code())
            val day = withTimeout(60_000) { first.today.shown.mapNotNull { it.content }.first { it.sections.isNotEmpty() } }
            assertEquals(Job().issue, day.sections.single().visits.single().reason)
            first.close()

            val again = openModel(folder.root, Panel())
            enrolFresh(again, office.url, "0000-0000")
            assertNull(again.enrol.task.value.problem)
            assertEquals(1, withTimeout(60_000) { again.today.shown.mapNotNull { it.content }.first() }.sections.size)
            again.close()
        }
    }
}
