"""An app that knows nothing of Sightline: it hands the endpoint of its environment to Rollbar's SDK and reports twice."""

import os

import rollbar

rollbar.init(
    os.environ["ROLLBAR_ACCESS_TOKEN"],
    "test",
    endpoint=os.environ["ROLLBAR_ENDPOINT"].removesuffix("item/"),
    handler="blocking",
    root=os.path.dirname(os.path.abspath(__file__)),
)


def load_home():
    raise KeyError("no handle")


try:
    load_home()
except KeyError:
    print("error", rollbar.report_exc_info(extra_data={"trace_id": "65a0b1c2000102030405060708090a0b"}) is not None)
print("warning", rollbar.report_message("Hello World", "warning") is not None)
