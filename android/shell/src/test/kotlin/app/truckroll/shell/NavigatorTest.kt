package app.truckroll.shell

import org.junit.Test
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNull
import kotlin.test.assertTrue

class NavigatorTest {
    private val navigator = Navigator()

    @Test fun `back leads home and no further`() {
        navigator.open(Route.Visit("a"))
        navigator.open(Route.Closeout("a"))
        assertTrue(navigator.back())
        assertEquals(Route.Visit("a"), navigator.here)
        assertTrue(navigator.back())
        assertFalse(navigator.back())
        assertEquals(listOf<Route>(Route.Today), navigator.stack.value)
    }

    @Test fun `a visit is never open twice`() {
        navigator.open(Route.Visit("a"))
        navigator.open(Route.Attention)
        navigator.open(Route.Visit("a"))
        assertEquals(listOf(Route.Today, Route.Visit("a")), navigator.stack.value)
    }

    @Test fun `a page that is done with is left, and no other, even when the technician is elsewhere by then`() {
        val flag = Route.Form("a", VisitForm.FLAG)
        for (route in listOf(Route.Visit("a"), flag, Route.Sync)) navigator.open(route)
        repeat(2) { navigator.leave(flag) }
        navigator.leave(Route.Today)
        assertEquals(listOf(Route.Today, Route.Visit("a"), Route.Sync), navigator.stack.value)
    }

    @Test fun `the way survives the process`() {
        val way = listOf(Route.Today, Route.Visit("v/1"), Route.Form("v/1", VisitForm.TIME), Route.Correction("v/1", "op"), Route.Reason("v/1", "decline"), Route.Closeout("v/1"), Route.Messages("v/1"), Route.Attention, Route.Sync, Route.Settings)
        way.drop(1).forEach(navigator::open)
        val after = Navigator().apply { restore(navigator.save()) }
        assertEquals(way, after.stack.value)
    }

    @Test fun `a way that another version kept is taken as far as it is known`() {
        navigator.restore(listOf("today", "hologram/7", "visit/", "visit/7"))
        assertEquals(listOf(Route.Today, Route.Visit("7")), navigator.stack.value)
        navigator.restore(listOf("hologram"))
        assertEquals(Route.Visit("7"), navigator.here)
        assertNull(Route.of(""))
    }

    @Test fun `an enrolment code is never kept`() {
        navigator.start(Route.Enrol("https://office.example", "K7QP-22MX"))
        assertEquals(listOf("enrol"), navigator.save())
    }
}
