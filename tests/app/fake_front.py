"""One front door for the whole process of the fake app: what is signed stays signed."""

from tests.app.fake_service import FakeFront

FRONT = FakeFront()
