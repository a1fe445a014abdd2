# What the bucket of OBJECTS_URL allows to the charts program and to whoever drops workbooks, and no more. On AWS; MinIO and others take
# the same policies as JSON.
#
#   terraform -chdir=ops/terraform init
#   terraform -chdir=ops/terraform apply -var bucket=doca -var notify_url=https://doca.example.com/charts/notifications \
#     -var replace_notifications=true
#
# The bucket is there before: neither program may make it.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

variable "bucket" {
  description = "Of OBJECTS_URL."
  type        = string
}

variable "notify_url" {
  description = "POST /charts/notifications of the API; empty: workbooks are found by the poll alone."
  type        = string
  default     = ""
}

variable "notify_key" {
  description = "An API key of an operator, which the notifications carry."
  type        = string
  default     = ""
  sensitive   = true
}

variable "replace_notifications" {
  description = "With notify_url. true: this turns the bucket's EventBridge on, and removes every other notification that the bucket has; false: EventBridge is on already, or is turned on where those are kept."
  type        = bool
  default     = null
}

locals {
  bucket = "arn:aws:s3:::${var.bucket}"
  notify = var.notify_url == "" ? 0 : 1
}

# charts: reads workbooks, writes and removes pictures. It never changes a workbook.
data "aws_iam_policy_document" "charts" {
  # Of the whole bucket: at its start the program looks whether it is there.
  statement {
    sid       = "FindTheBucketAndItsWorkbooks"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket]
  }
  statement {
    sid       = "ReadWorkbooks"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket}/uploads/*"]
  }
  statement {
    sid       = "WriteAndRemovePictures"
    actions   = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
    resources = ["${local.bucket}/graficos/*"]
  }
}

# Whoever drops workbooks from elsewhere: it may put them, and neither see nor remove those of others.
data "aws_iam_policy_document" "dropper" {
  statement {
    sid       = "DropWorkbooks"
    actions   = ["s3:PutObject", "s3:AbortMultipartUpload"]
    resources = ["${local.bucket}/uploads/*"]
  }
}

resource "aws_iam_policy" "charts" {
  name   = "doca-charts"
  policy = data.aws_iam_policy_document.charts.json
}

resource "aws_iam_policy" "dropper" {
  name   = "doca-dropper"
  policy = data.aws_iam_policy_document.dropper.json
}

# The shortcut: S3 tells EventBridge, which posts what the API takes. A bucket has one set of notifications: this resource is all of it.
resource "aws_s3_bucket_notification" "uploads" {
  count       = var.replace_notifications == true ? local.notify : 0
  bucket      = var.bucket
  eventbridge = true
}

resource "aws_cloudwatch_event_rule" "uploads" {
  count = local.notify
  name  = "doca-uploads"
  event_pattern = jsonencode({
    source      = ["aws.s3"]
    detail-type = ["Object Created"]
    detail      = { bucket = { name = [var.bucket] }, object = { key = [{ prefix = "uploads/" }] } }
  })
  lifecycle {
    precondition {
      condition     = var.replace_notifications != null
      error_message = "Set replace_notifications: whether the bucket's other notifications may be removed."
    }
  }
}

resource "aws_cloudwatch_event_connection" "api" {
  count              = local.notify
  name               = "doca"
  authorization_type = "API_KEY"
  auth_parameters {
    api_key {
      key   = "Authorization"
      value = "Bearer ${var.notify_key}"
    }
  }
}

resource "aws_cloudwatch_event_api_destination" "api" {
  count                            = local.notify
  name                             = "doca-charts"
  invocation_endpoint              = var.notify_url
  http_method                      = "POST"
  invocation_rate_limit_per_second = 10
  connection_arn                   = aws_cloudwatch_event_connection.api[0].arn
}

data "aws_iam_policy_document" "events_may_assume" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "events" {
  count = local.notify
  statement {
    actions   = ["events:InvokeApiDestination"]
    resources = [aws_cloudwatch_event_api_destination.api[0].arn]
  }
}

resource "aws_iam_role" "events" {
  count              = local.notify
  name               = "doca-charts-notify"
  assume_role_policy = data.aws_iam_policy_document.events_may_assume.json
}

resource "aws_iam_role_policy" "events" {
  count  = local.notify
  role   = aws_iam_role.events[0].id
  policy = data.aws_iam_policy_document.events[0].json
}

resource "aws_cloudwatch_event_target" "api" {
  count    = local.notify
  rule     = aws_cloudwatch_event_rule.uploads[0].name
  arn      = aws_cloudwatch_event_api_destination.api[0].arn
  role_arn = aws_iam_role.events[0].arn
}
