//! Where the made-up day happens: real quarters of Louisville, Kentucky; people, numbers and jobs are invented.

/// A quarter of the city.
pub struct Quarter {
    /// Its streets.
    pub streets: &'static [&'static str],
    /// Postal code.
    pub postal_code: &'static str,
    /// Its middle, WGS 84 degrees: latitude and longitude.
    pub middle: (f64, f64),
}

const fn quarter(postal_code: &'static str, lat: f64, lon: f64, streets: &'static [&'static str]) -> Quarter {
    Quarter { streets, postal_code, middle: (lat, lon) }
}

/// IANA name of its time zone.
pub const TIME_ZONE: &str = "America/Kentucky/Louisville";
/// The company of the day.
pub const COMPANY: &str = "Falls City Mechanical";

/// The quarters, one technician's mornings each.
pub const QUARTERS: &[Quarter] = &[
    quarter("40205", 38.2310, -85.7040, &["Bardstown Road", "Everett Avenue", "Longest Avenue", "Eastern Parkway"]),
    quarter("40206", 38.2545, -85.6960, &["Frankfort Avenue", "Stilz Avenue", "Brownsboro Road", "Pope Street"]),
    quarter("40207", 38.2520, -85.6490, &["Shelbyville Road", "Lexington Road", "Breckenridge Lane", "Westport Road"]),
    quarter("40217", 38.2190, -85.7360, &["Goss Avenue", "Poplar Level Road", "Preston Street", "Burnett Avenue"]),
    quarter("40208", 38.2230, -85.7640, &["South 3rd Street", "West Ormsby Avenue", "Hill Street", "Magnolia Avenue"]),
    quarter("40216", 38.1950, -85.8260, &["Dixie Highway", "Rockford Lane", "Crums Lane", "Lower Hunters Trace"]),
    quarter(
        "40299",
        38.1860,
        -85.5560,
        &["Taylorsville Road", "Watterson Trail", "Galene Drive", "Ruckriegel Parkway"],
    ),
    quarter("40219", 38.1420, -85.6950, &["Preston Highway", "Outer Loop", "Fern Valley Road", "Blue Lick Road"]),
    quarter("40222", 38.2660, -85.6040, &["Whipps Mill Road", "Herr Lane", "Lyndon Lane", "New La Grange Road"]),
    quarter(
        "40291",
        38.1490,
        -85.5910,
        &["Bardstown Bluff Road", "Beulah Church Road", "Fern Creek Road", "Glaser Lane"],
    ),
];

/// First names, of technicians and customers.
pub const FIRST_NAMES: &[&str] = &[
    "Ana", "Bo", "Carla", "Dev", "Elif", "Frank", "Grace", "Hank", "Ines", "Jamal", "Keiko", "Luis", "Mona", "Noah",
    "Olga", "Pete", "Quinn", "Rosa", "Sam", "Tariq", "Uma", "Vince", "Wendy", "Yusuf", "Zoe",
];

/// Last names.
pub const LAST_NAMES: &[&str] = &[
    "Ruiz",
    "Young",
    "Bramwell",
    "Pell",
    "Okafor",
    "Lindqvist",
    "Haddad",
    "Novak",
    "Mercer",
    "Tanaka",
    "Whitlock",
    "Farrow",
    "Delgado",
    "Sung",
    "Kessler",
    "Boone",
    "Amari",
    "Castellano",
    "Dunbar",
    "Eze",
    "Fontaine",
    "Griggs",
];

/// What stands in access notes.
pub const ACCESS: &[&str] = &[
    "Ring twice, the bell is slow",
    "Side door by the driveway",
    "Basement entrance behind the house",
    "Dog in the yard, call first",
    "Use the service elevator in the lobby",
    "Park in the alley, not on the street",
    "Key with the neighbour at number 12",
];

/// A job as it comes in.
pub struct Work {
    /// `hvac`, `plumbing` …
    pub trade: &'static str,
    /// `repair`, `maintenance` …
    pub job_type: &'static str,
    /// What the customer says.
    pub issue: &'static str,
    /// What is to be done.
    pub scope: &'static str,
    /// What stands there.
    pub equipment: &'static str,
    /// Parts as an import's column holds them; empty for none.
    pub parts: &'static str,
    /// How long it takes, minutes.
    pub minutes: u32,
}

const fn work(
    trade: &'static str,
    job_type: &'static str,
    issue: &'static str,
    scope: &'static str,
    equipment: &'static str,
    parts: &'static str,
    minutes: u32,
) -> Work {
    Work { trade, job_type, issue, scope, equipment, parts, minutes }
}

/// The work of the day.
pub const WORKS: &[Work] = &[
    work(
        "hvac",
        "repair",
        "No heat upstairs since last night",
        "Find out why and restore heat",
        "gas furnace",
        "flame sensor:on_truck",
        50,
    ),
    work(
        "hvac",
        "maintenance",
        "Fall tune-up is due",
        "Tune up furnace, change filter",
        "gas furnace",
        "filter 16x25:on_truck",
        35,
    ),
    work(
        "hvac",
        "repair",
        "Heat pump freezes over every evening",
        "Check defrost board and sensor",
        "heat pump",
        "defrost sensor:on_truck",
        60,
    ),
    work(
        "hvac",
        "install",
        "Thermostat is dead, wants a smart one",
        "Fit and set up new thermostat",
        "thermostat",
        "smart thermostat:on_truck",
        45,
    ),
    work(
        "plumbing",
        "repair",
        "Water heater leaks at the bottom",
        "Find the leak, replace valve or quote a heater",
        "water heater",
        "relief valve:on_truck",
        50,
    ),
    work("plumbing", "repair", "Kitchen drain backs up", "Clear the drain, run a camera", "kitchen drain", "", 40),
    work(
        "plumbing",
        "repair",
        "Toilet runs all night",
        "Rebuild tank, check supply",
        "toilet",
        "fill valve:on_truck;flapper:on_truck",
        30,
    ),
    work(
        "electrical",
        "repair",
        "Half of the kitchen has no power",
        "Trace the circuit, replace breaker if weak",
        "panel",
        "20 A breaker:on_truck",
        50,
    ),
    work(
        "electrical",
        "inspection",
        "Lights flicker, buyer wants a report",
        "Inspect panel and grounding, write it up",
        "panel",
        "",
        40,
    ),
    work(
        "refrigeration",
        "repair",
        "Walk-in cooler holds 48 degrees",
        "Check charge and door gasket",
        "walk-in cooler",
        "gasket:on_truck",
        60,
    ),
];

/// The call that nobody planned.
pub const EMERGENCIES: &[Work] = &[
    work(
        "plumbing",
        "repair",
        "Basement floods, main shutoff stuck open",
        "Stop the water, replace the shutoff",
        "main shutoff valve",
        "3/4 in ball valve:on_truck",
        45,
    ),
    work(
        "hvac",
        "repair",
        "No heat, newborn in the house",
        "Restore heat before the night",
        "gas furnace",
        "hot surface igniter:on_truck",
        45,
    ),
];
