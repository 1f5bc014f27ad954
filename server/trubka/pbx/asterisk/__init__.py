"""Asterisk, 16 to 22, over AMI. README.md says which events carry the truth."""

from trubka.pbx import Office
from trubka.pbx.asterisk.events import Asterisk


def connector(office: Office) -> Asterisk:
    return Asterisk(office)
