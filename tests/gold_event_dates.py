"""The times that the five seed pages name, by hand: what each means, seen from a stated day.

Most of the pages' reports have no date of their own: a day of publication is supposed here, which fits what they tell.
``(page, words behind which the time stands, the time as written, published, interval)``. "window": there is no day to see it
from, and it is read by the years 2017 to 2020.
"""

WINDOW = (2017, 2020)

EVENT_DATES: tuple[tuple[str, str, str, str, str], ...] = (
    ("000", "take effect from midnight on", "Friday", "2020-03-05", "2020-03-06"),
    ("000", "Damascus ally Russia in", "September", "2018-10-10", "2018-09"),
    ("000", "truce agreement reached nearly", "a month ago", "2018-10-14", "2018-09"),
    ("000", 'gave "radical fighters" until', "15 October", "2018-10-14", "2018-10-15"),
    ("000", "allied forces resumed bombardment", "last week", "2018-09-10", "2018-09-03/2018-09-09"),
    ("000", "humanitarian affairs office said on", "Monday", "2018-09-10", "2018-09-10"),
    ("000", "Since", "2015", "", "2015"),
    ("000", "A map locating", "weekend", "2018-09-10", "2018-09-08/2018-09-09"),
    ("000", "since taking office in", "2017", "", "2017"),
    ("001", "in Syria’s Idlib region on", "Sunday", "2020-01-12", "2020-01-12"),
    ("001", "ceasefire agreements in Idlib on", "Sunday", "2020-01-12", "2020-01-12"),
    ("001", "President Bashar al-Assad, said on", "Friday", "2020-01-12", "2020-01-10"),
    ("001", "Senior UN officials said", "this month", "2020-01-12", "2020-01"),
    ("001", "brokered", "two-years ago", "2020-01-12", "2018"),
    ("001", "The Syrian army said on", "Sunday", "2020-01-12", "2020-01-12"),
    ("001", "four main towns in Idlib province on", "Saturday", "2020-01-12", "2020-01-11"),
    ("001", "bastion killed 18 civilians on", "Saturday", "2020-01-12", "2020-01-11"),
    ("001", "UN Security Council to meet on", "Friday", "2020-02-26", "2020-02-28"),
    ("001", "will meet behind closed doors on", "Friday", "2020-02-26", "2020-02-28"),
    ("002", "a source in the council reported on", "3 June", "2019-06-04", "2019-06-03"),
    ("002", "On", "Tuesday", "2019-05-29", "2019-05-28"),
    ("002", "On", "Monday, May 6", "window", "2019-05-06"),
    ("003", "", "January 12, 2020", "", "2020-01-12"),
    ("003", "in Syria's Idlib region on", "Sunday", "2020-01-12", "2020-01-12"),
    ("003", "ceasefire agreements in Idlib on", "Sunday", "2020-01-12", "2020-01-12"),
    ("003", "President Bashar al-Assad, said on", "Friday", "2020-01-12", "2020-01-10"),
    ("003", "Senior UN officials said", "this month", "2020-01-12", "2020-01"),
    ("003", "brokered", "two-years ago", "2020-01-12", "2018"),
    ("003", "The Syrian army said on", "Sunday", "2020-01-12", "2020-01-12"),
    ("003", "four main towns in Idlib province on", "Saturday", "2020-01-12", "2020-01-11"),
    ("004", "bombardment of the region since", "late April", "2019-05-31", "2019-04-21/2019-04-30"),
    ("004", "bombardment of the region since", "late April", "2019-05-31", "2019-04-21/2019-04-30"),
    ("004", "On", "Wednesday", "2018-11-29", "2018-11-28"),
)
