"""Prints the ids of all that openstacksdk's own pager finds. Arguments: the service's URL, what to list, how many a page.
The environment says who logs in."""
import json
import sys

import openstack
from openstack import proxy, resource, service_description

endpoint, path, limit = sys.argv[1:]


class Entry(resource.Resource):
    base_path = path
    resources_key = {'/RegisteredFlavors': 'registered_flavors', '/RegistrationEvents': 'registration_events'}[path]
    allow_list = True
    _query_mapping = resource.QueryParameters()


class Proxy(proxy.Proxy):
    def entries(self, **query):
        return self._list(Entry, **query)


class Description(service_description.ServiceDescription):
    supported_versions = {'1': Proxy}


cloud = openstack.connect(registered_flavors_endpoint_override=endpoint)
cloud.add_service(Description('registered-flavors'))
print(json.dumps([entry.id for entry in cloud.registered_flavors.entries(limit=int(limit))]))
