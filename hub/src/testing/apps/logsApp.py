"""Writes with watchtower, reads with boto3, follows a live tail: an app as people write it, pointed at the hub by its environment."""

import logging
import time

import boto3
import watchtower

client = boto3.client("logs")
handler = watchtower.CloudWatchLogHandler(
    log_group_name="cruddur", log_stream_name="python", boto3_client=client, send_interval=1, create_log_group=True
)
logger = logging.getLogger("cruddur")
logger.setLevel(logging.INFO)
logger.addHandler(handler)
logger.info("first line")
handler.flush()

group = client.describe_log_groups(logGroupNamePrefix="crud")["logGroups"][0]
tail = client.start_live_tail(logGroupIdentifiers=[group["logGroupArn"]])
for event in tail["responseStream"]:
    if "sessionStart" in event:
        logger.info("second line")
        handler.flush()
    results = event.get("sessionUpdate", {}).get("sessionResults", [])
    if results:
        print("tail:", *[result["message"] for result in results])
        break

pages = client.get_paginator("filter_log_events").paginate(
    logGroupName="cruddur", filterPattern="line", PaginationConfig={"PageSize": 1}
)
print("filter:", *[event["message"] for page in pages for event in page["events"]])
now = int(time.time())
query = client.start_query(
    logGroupName="cruddur", startTime=now - 60, endTime=now + 60, queryString="stats count(*) as lines"
)
while True:
    results = client.get_query_results(queryId=query["queryId"])
    if results["status"] != "Running":
        break
    time.sleep(0.05)
print("insights:", results["results"][0][0]["value"])
try:
    client.create_log_group(logGroupName="cruddur")
except client.exceptions.ResourceAlreadyExistsException as error:
    print("error:", error.response["Error"]["Message"])
