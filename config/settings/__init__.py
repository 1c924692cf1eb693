"""The settings: the platform's, then the trade's timers, then the schedule that uses both."""

from config.settings.base import *
from config.settings.consoles import *
from config.settings.trade import *

from config.settings.beat import *  # isort: skip  -- the schedule reads the trade's timers
