"""Prints the ids of all that openstacksdk's own pager finds. Arguments: the service's URL, what to list, how many a page.
The environment says who logs in."""
import json
import sys

import openstack
from openstack import proxy, resource, service_description

endpoint, path, limit = sys.argv[1:]


class Flavor(resource.Resource):
    base_path = '/RegisteredFlavors'
    resources_key = 'registered_flavors'
    flavor_id = resource.Body('flavor_id', alternate_id=True)
    allow_list = True
    _query_mapping = resource.QueryParameters()


class Event(resource.Resource):
    base_path = '/RegistrationEvents'
    resources_key = 'registration_events'
    allow_list = True
    _query_mapping = resource.QueryParameters()


class Proxy(proxy.Proxy):
    def entries(self, **query):
        return self._list(Flavor if path == Flavor.base_path else Event, **query)


class Description(service_description.ServiceDescription):
    supported_versions = {'1': Proxy}


cloud = openstack.connect(registered_flavors_endpoint_override=endpoint)
cloud.add_service(Description('registered-flavors'))
print(json.dumps([entry.id for entry in cloud.registered_flavors.entries(limit=int(limit))]))
