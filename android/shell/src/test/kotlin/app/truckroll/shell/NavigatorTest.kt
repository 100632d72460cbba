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

    @Test fun `a visit that was taken away is left, others stay`() {
        for (route in listOf(Route.Visit("a"), Route.Visit("b"), Route.Messages("a"), Route.Closeout("a"))) navigator.open(route)
        navigator.leave("a")
        assertEquals(listOf(Route.Today, Route.Visit("b")), navigator.stack.value)
    }

    @Test fun `the way survives the process`() {
        val way = listOf(Route.Today, Route.Visit("v/1"), Route.Closeout("v/1"), Route.Messages("v/1"), Route.Attention, Route.Sync, Route.Settings)
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
