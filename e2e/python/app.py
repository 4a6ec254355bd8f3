"""A Flask app as the SDKs' own guides write it: nothing here knows Sightline, the environment says where telemetry goes."""

import sys

from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.ext.flask.middleware import XRayMiddleware
from flask import Flask
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

provider = TracerProvider(resource=Resource.create({"service.name": "flask-otel"}))
provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
trace.set_tracer_provider(provider)

app = Flask(__name__)
FlaskInstrumentor().instrument_app(app)
xray_recorder.configure(service="flask-xray")
XRayMiddleware(app, xray_recorder)


@app.route("/orders/<sku>")
def order(sku):
    with xray_recorder.in_subsegment("load-order") as subsegment:
        subsegment.put_annotation("sku", sku)
    return {"sku": sku}


if __name__ == "__main__":
    app.run(host="127.0.0.1", port=int(sys.argv[1]))
