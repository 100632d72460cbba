package app.truckroll.shell

import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertNull

class EnrolLinkTest {
    @Test fun `the office's link fills in the enrolment`() {
        assertEquals(Route.Enrol("https://office.example:8460", "K7QP-22MX"), EnrolLink.parse("truckroll://enrol?server=https%3A%2F%2Foffice.example%3A8460&code=K7QP-22MX"))
        assertEquals(Route.Enrol("", "K7QP-22MX"), EnrolLink.parse(" truckroll://enrol?code=K7QP-22MX "))
    }

    @Test fun `other links and nonsense enrol nobody`() {
        for (link in listOf("", "https://enrol?code=A", "truckroll://visit?code=A", "truckroll://enrol", "truckroll://enrol?server=x", "truckroll://enrol?code=%ZZ", "::")) assertNull(EnrolLink.parse(link), link)
    }
}
